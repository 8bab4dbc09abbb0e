import assert from "node:assert/strict";
import type { Config } from "../../src/config/config.ts";

const PROGRAM = new URL("../support/programs/log.ts", import.meta.url).pathname;

async function log(options: Config["log"]): Promise<string[]> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", PROGRAM, JSON.stringify(options)],
    env: { NO_COLOR: "1" },
  });
  const { success, stdout, stderr } = await command.output();
  assert.ok(success);
  assert.equal(stdout.length, 0);
  return new TextDecoder().decode(stderr).trim().split("\n");
}

Deno.test("configureLogging() writes JSON lines without a terminal, with the causes of errors", async () => {
  const lines = await log({ level: "info", categories: {}, format: null });
  assert.equal(lines.length, 1);
  const line = JSON.parse(lines[0] ?? "");
  assert.equal(line.level, "ERROR");
  assert.equal(line.logger, "waybill.server");
  assert.equal(line.message, "Cannot write");
  assert.equal(line.path, "out.eml");
  assert.match(JSON.stringify(line.error), /The disk is full.*No space left/);
});

Deno.test("configureLogging() writes text with the properties of each record", async () => {
  const text = (await log({ level: "info", categories: {}, format: "text" })).join("\n");
  assert.match(text, /^[\d:.]+ error server: Cannot write {2}path=out\.eml error=Error: The disk/);
  assert.match(text, /No space left/);
});

Deno.test("configureLogging() writes each record of a text log on one line", async () => {
  const [line] = await log({ level: "info", categories: { worker: "debug" }, format: "text" });
  assert.match(line ?? "", /Claimed 3 jobs.* error=\{ type: "NETWORK", .*127\.0\.0\.1:25" \}$/);
});

Deno.test("configureLogging() applies the level of a category", async () => {
  const lines = await log({ level: "error", categories: { worker: "debug" }, format: "json" });
  const messages = lines.map((line) => JSON.parse(line).message);
  assert.deepEqual(messages, ["Claimed 3 jobs", "Cannot write"]);
});
