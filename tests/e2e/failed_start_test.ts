import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram, startCommand } from "../support/program.ts";
import { until } from "../support/until.ts";

/** Runs `test` with a port that is in use. */
async function withBusyPort(test: (port: number) => Promise<void>): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  try {
    await test(listener.addr.port);
  } finally {
    listener.close();
  }
}

async function withDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "waybill-test-"));
  try {
    await test(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

Deno.test("serve reports a port in use before it creates a database or prints an operator key", () =>
  withDirectory((directory) =>
    withBusyPort(async (port) => {
      const { code, printed, errors } = await runProgram(["serve", "--port", `${port}`], {
        DATA_DIR: directory,
      });
      assert.equal(code, 1);
      assert.match(errors, new RegExp(`^Cannot listen at 127\\.0\\.0\\.1, port ${port}: `, "m"));
      assert.doesNotMatch(errors, /^ +at /m);
      assert.equal(printed, "");
      assert.deepEqual(await readdir(directory), []);
    })
  ));

Deno.test("serve warns of a missing PUBLIC_URL unless HOST is local", async () => {
  for (const [host, warns] of [["0.0.0.0", true], ["127.0.0.1", false]] as const) {
    const running = startCommand(["serve", "--port", "0"], { HOST: host, LOG_LEVEL: "warning" });
    const ready = () => running.printed().includes("Waybill is ready");
    await until("the server is ready", ready, 120_000);
    assert.equal(running.printed().includes("PUBLIC_URL is missing"), warns, host);
    assert.equal(await running.interrupt(), 0);
  }
});

Deno.test("serve reports an unusable database without its password", async () => {
  // Nothing listens at port 1.
  const url = "postgres://user:hunter2@127.0.0.1:1/orders";
  const { code, errors } = await runProgram(["serve"], { DATABASE_URL: url });
  assert.equal(code, 1);
  assert.match(errors, /^Cannot use the database 127\.0\.0\.1:1\/orders: .*; see DATABASE_URL$/m);
  assert.doesNotMatch(errors, /hunter2|^ +at /m);
});

Deno.test("serve reports a DATA_DIR that is not writable", () =>
  withDirectory(async (directory) => {
    const file = join(directory, "file");
    await writeFile(file, "in the way");
    const { code, errors } = await runProgram(["serve"], { DATA_DIR: file });
    assert.equal(code, 1);
    assert.match(errors, /^Cannot write to .*: .*; choose another DATA_DIR/m);
    assert.doesNotMatch(errors, /^ +at /m);
  }));

Deno.test("waybill refuses an unknown command by its name", async () => {
  const { code, errors } = await runProgram(["srve"], {});
  assert.equal(code, 2);
  assert.match(errors, /^error: unknown command or argument 'srve'$/m);
});
