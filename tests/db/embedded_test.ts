import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Database, statement } from "../../src/db/database.ts";
import { openEmbeddedDatabase } from "../../src/db/embedded.ts";
import type { EmbeddedDatabaseError } from "../../src/db/embedded_worker.ts";
import { migrate } from "../../src/db/migrate.ts";
import { createOrganization } from "../support/callers.ts";
import { embeddedDirectory, onEmbedded } from "../support/database.ts";

const COUNT = statement<[name: string], { count: number }>(
  "test.count",
  "select count(*) from organizations where name = $1",
);
const HOLDER = fileURLToPath(new URL("../support/programs/hold_embedded.ts", import.meta.url));

async function count(db: Database, name: string): Promise<number | undefined> {
  const [row] = await db.run(COUNT, name);
  return row?.count;
}

function fail(error: Error): never {
  throw error;
}

/** Starts a process that has written `name` to the embedded database of `directory`, and keeps it open. */
async function startHolder(directory: string, name: string): Promise<Deno.ChildProcess> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", HOLDER, directory, name],
    stdout: "piped",
  }).spawn();
  const reader = process.stdout.getReader();
  const { value } = await reader.read();
  reader.releaseLock();
  assert.equal(new TextDecoder().decode(value), "holding\n");
  return process;
}

Deno.test("openEmbeddedDatabase() creates a database whose data persist", async () => {
  const directory = await mkdtemp(join(tmpdir(), "waybill-test-"));
  const first = await openEmbeddedDatabase(join(directory, "nested", "directory"), fail);
  assert.ok((await migrate(first)).length > 0);
  await createOrganization(first, "kept");
  await first.close();

  const second = await openEmbeddedDatabase(join(directory, "nested", "directory"), fail);
  assert.deepEqual(await migrate(second), []);
  assert.equal(await count(second, "kept"), 1);
  await second.close();
  await rm(directory, { recursive: true });
});

Deno.test("openEmbeddedDatabase() refuses a directory in use until that process is killed", async () => {
  const directory = await embeddedDirectory();
  await using holder = await startHolder(directory, "written before the kill");
  await assert.rejects(
    openEmbeddedDatabase(directory, fail),
    ({ name, message }: EmbeddedDatabaseError) =>
      name === "EmbeddedDatabaseError" && message.includes(directory) &&
      message.includes("another process is using it"),
  );

  holder.kill("SIGKILL");
  await holder.status;
  await holder.stdout.cancel();
  const survivor = await openEmbeddedDatabase(directory, fail);
  assert.equal(await count(survivor, "written before the kill"), 1);
  await survivor.close();
  await rm(directory, { recursive: true });
});

Deno.test("openEmbeddedDatabase() refuses a directory without a database, and releases it", async () => {
  const directory = await mkdtemp(join(tmpdir(), "waybill-test-"));
  await writeFile(join(directory, "postgres"), "not a directory");
  for (let attempt = 0; attempt < 2; attempt++) {
    await assert.rejects(
      openEmbeddedDatabase(directory, fail),
      /Cannot start the embedded database/,
    );
  }
  await rm(directory, { recursive: true });
});

onEmbedded("transaction() runs concurrent transactions one after the other", async ({ db }) => {
  const names = Array.from({ length: 50 }, (_, n) => `organization ${n}`);
  await Promise.all(names.map((name) => db.transaction((tx) => createOrganization(tx, name))));
  const counts = await Promise.all(names.map((name) => count(db, name)));
  assert.deepEqual(counts, names.map(() => 1));
});
