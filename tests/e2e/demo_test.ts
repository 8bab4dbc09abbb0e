import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const DEMO = new URL("../../demo/demo.ts", import.meta.url).href;

Deno.test("the demo sends mails, and stops its server on SIGTERM", async () => {
  const directory = await mkdtemp(join(tmpdir(), "waybill-test-"));
  const demo = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", DEMO],
    cwd: directory,
    env: { PORT: "0" },
    stdout: "piped",
  }).spawn();
  let printed = "";
  for await (const text of demo.stdout.pipeThrough(new TextDecoderStream())) {
    printed += text;
    if (/sent [1-9]\d*, failed [1-9]/.test(printed)) break;
  }
  const address = /ready at (http:\S+)\/graphql/.exec(printed)?.[1];
  assert.ok(address, printed);
  demo.kill("SIGTERM");
  assert.equal((await demo.status).code, 0);
  await assert.rejects(fetch(`${address}/healthz`), TypeError);
  await rm(directory, { recursive: true });
});
