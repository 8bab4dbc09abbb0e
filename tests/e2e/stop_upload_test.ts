import assert from "node:assert/strict";
import { onPostgres } from "../support/database.ts";
import { startProgram } from "../support/program.ts";

onPostgres("SIGTERM during an upload that never ends exits with code 0", async ({ url }) => {
  const program = await startProgram({ DATABASE_URL: url });
  const { hostname, port } = new URL(program.address);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const head = [
    "POST /import/recipients HTTP/1.1",
    "Host: waybill",
    `Authorization: Bearer ${program.key}`,
    "Content-Type: text/csv",
    "Expect: 100-continue",
    "Content-Length: 1000000",
    "",
    "email\n",
  ];
  await connection.write(new TextEncoder().encode(head.join("\r\n")));
  // Any later request: by then the upload is being handled.
  await (await fetch(`${program.address}/healthz`)).body?.cancel();
  assert.equal(await program.stop(), 0);
  connection.close();
});
