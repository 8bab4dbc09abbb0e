import assert from "node:assert/strict";
import { glob, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { request, runProgram, startProgram } from "../support/program.ts";
import { until } from "../support/until.ts";

async function withDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "waybill-test-"));
  try {
    await test(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

function list(directory: string): Promise<string[]> {
  return Array.fromAsync(glob("**", { cwd: directory }));
}

const send = `mutation {
  sendMessage(input: {
    title: "July", to: { list: [{ address: "ada@example.com" }] }
    content: { subject: "July", text: "Hello" }
  }) { __typename }
}`;

Deno.test("serve creates files that other users cannot access", () =>
  withDirectory(async (directory) => {
    const dataDir = join(directory, "data");
    const program = await startProgram({ DATA_DIR: dataDir });
    await request(program, send);
    await until(
      "the mail is captured",
      async () => (await list(join(dataDir, "mail"))).some((path) => path.endsWith(".eml")),
    );
    assert.equal(await program.stop(), 0);
    const paths = await list(dataDir);
    const open: string[] = [];
    for (const path of [".", ...paths]) {
      const { mode } = await stat(join(dataDir, path));
      if (mode & 0o077) open.push(`${path} ${mode.toString(8)}`);
    }
    assert.deepEqual(open, []);
    assert.ok(paths.some((path) => path.endsWith("PG_VERSION")));
  }));

Deno.test("migrate denies other users access to a data directory of an earlier version", () =>
  withDirectory(async (directory) => {
    await Deno.chmod(directory, 0o777);
    assert.equal((await runProgram(["migrate"], { DATA_DIR: directory })).code, 0);
    assert.equal((await stat(directory)).mode & 0o777, 0o700);
  }));

Deno.test("migrate does not change the mode of a file that DATA_DIR names by mistake", () =>
  withDirectory(async (directory) => {
    const file = join(directory, "file");
    await Deno.writeTextFile(file, "not a directory", { mode: 0o644 });
    assert.equal((await runProgram(["migrate"], { DATA_DIR: file })).code, 1);
    assert.equal((await stat(file)).mode & 0o777, 0o644);
  }));
