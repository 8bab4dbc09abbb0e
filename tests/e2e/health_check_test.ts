import assert from "node:assert/strict";
import { onPostgres } from "../support/database.ts";
import { request, startProgram, startWorkerProgram } from "../support/program.ts";
import { until } from "../support/until.ts";

/** Reads the Dockerfile's command of its health check, and the variables that it sets. */
async function readImage() {
  const text = await Deno.readTextFile(new URL("../../Dockerfile", import.meta.url));
  const lines = text.replaceAll(/^ *#.*\n/gm, "").replaceAll("\\\n", "");
  const check: string[] = JSON.parse(/^HEALTHCHECK .* CMD (\[.*\])$/m.exec(lines)?.[1] ?? "[]");
  const variables = /^ENV (.*)$/m.exec(lines)?.[1]?.split(" ").map((pair) => pair.split("=")) ?? [];
  const environment: Record<string, string> = Object.fromEntries(variables);
  return { check, environment };
}

function freePort(): string {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return String(listener.addr.port);
}

async function isHealthy([command = "", ...args]: string[], port: string): Promise<boolean> {
  const process = new Deno.Command(command, { args, env: { PORT: port }, stderr: "null" });
  return (await process.output()).success;
}

onPostgres("the health check of the image is answered by worker and by serve", async ({ url }) => {
  const { check, environment } = await readImage();
  assert.deepEqual(Object.keys(environment).filter((name) => name.includes("PORT")), ["PORT"]);
  const port = freePort();
  const settings = { ...environment, HOST: "127.0.0.1", DATABASE_URL: url, PORT: port };
  assert.ok(!await isHealthy(check, port));

  const worker = startWorkerProgram(settings);
  await until("the worker is healthy", () => isHealthy(check, port));
  assert.equal(await worker.stop(), 0);

  const server = await startProgram({ ...settings, ADMIN_API_KEY: "wb_".padEnd(40, "k") }, [
    "--port",
    port,
  ]);
  assert.ok(await isHealthy(check, port));
  assert.equal(await server.stop(), 0);
});

onPostgres("worker opens no port beside serve, unless it is asked to", async ({ url }) => {
  const server = await startProgram({ DATABASE_URL: url, ADMIN_API_KEY: "wb_".padEnd(40, "k") });
  const worker = startWorkerProgram({ DATABASE_URL: url, PORT: new URL(server.address).port });
  await until("both run jobs", async () => {
    const { processor } = (await readProcessor(server)).installation;
    return processor.workers.length === 2;
  });
  assert.equal(await worker.stop(), 0);
  assert.equal(await server.stop(), 0);
});

interface Processor {
  readonly installation: { readonly processor: { readonly workers: readonly unknown[] } };
}

async function readProcessor(server: Parameters<typeof request>[0]): Promise<Processor> {
  return await request<Processor>(server, "{ installation { processor { workers { host } } } }");
}
