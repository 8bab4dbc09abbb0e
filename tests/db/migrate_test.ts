import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Database, openDatabase, statement } from "../../src/db/database.ts";
import { migrate, MigrationError } from "../../src/db/migrate.ts";
import { onPostgres, type PostgresTestDatabase } from "../support/database.ts";

const FORGET = statement<[]>("test.forget", "drop table migrations");
const TABLES = statement<[], { name: string }>(
  "test.tables",
  "select tablename as name from pg_tables where tablename in ('apples', 'pears') order by 1",
);
const APPLIED = statement<[], { name: string }>(
  "test.applied",
  "select name from migrations order by number",
);

const APPLES = { "0001_apples.sql": "create table apples (id int);" };
const PEARS = { "0002_pears.sql": "create table pears (id int);" };
const BOTH = { ...APPLES, ...PEARS };

async function names(db: Database, query: typeof TABLES): Promise<string[]> {
  return (await db.run(query)).map(({ name }) => name);
}

/** Declares a test on a database that knows of no migrations, with a way to write some. */
function onFreshDatabase(
  name: string,
  test: (
    database: PostgresTestDatabase,
    write: (files: Record<string, string>) => Promise<URL>,
  ) => Promise<void>,
): void {
  onPostgres(name, async (database) => {
    await database.db.run(FORGET);
    const parent = await mkdtemp(join(tmpdir(), "waybill-migrations-"));
    try {
      await test(database, async (files) => {
        const directory = await mkdtemp(join(parent, "version-"));
        for (const [name, sql] of Object.entries(files)) {
          await writeFile(join(directory, name), sql);
        }
        return pathToFileURL(`${directory}/`);
      });
    } finally {
      await rm(parent, { recursive: true });
    }
  });
}

onFreshDatabase("migrate() applies what is new, once, in order", async ({ db }, write) => {
  assert.deepEqual(await migrate(db, await write(APPLES)), ["0001_apples.sql"]);
  assert.deepEqual(await migrate(db, await write(BOTH)), ["0002_pears.sql"]);
  assert.deepEqual(await migrate(db, await write(BOTH)), []);
  assert.deepEqual(await names(db, TABLES), ["apples", "pears"]);
});

onFreshDatabase("migrate() by ten replicas together applies each once", async ({ url }, write) => {
  const directory = await write(BOTH);
  const replicas = Array.from({ length: 10 }, () =>
    openDatabase({
      connection: { connectionString: url },
      size: 1,
      embedded: false,
      onError: (error) => {
        throw error;
      },
    }));
  const applied = await Promise.all(replicas.map((db) => migrate(db, directory)));
  assert.deepEqual(applied.flat(), ["0001_apples.sql", "0002_pears.sql"]);
  await Promise.all(replicas.map((db) => db.close()));
});

onFreshDatabase("migrate() refuses a file that was changed after it was applied", async (
  { db },
  write,
) => {
  await migrate(db, await write(APPLES));
  const changed = await write({ ...PEARS, "0001_apples.sql": "create table apples (id bigint);" });
  await assert.rejects(migrate(db, changed), /0001_apples.sql was changed after it was applied/);
  assert.deepEqual(await names(db, TABLES), ["apples"]);
});

onFreshDatabase("migrate() takes other line ends for the same file", async ({ db }, write) => {
  await migrate(db, await write({ "0001_apples.sql": "create table\napples (id int);\n" }));
  const checkedOutOnWindows = { "0001_apples.sql": "create table\r\napples (id int);\r\n" };
  assert.deepEqual(await migrate(db, await write(checkedOutOnWindows)), []);
});

onFreshDatabase("migrate() refuses a database that a newer version has migrated", async (
  { db },
  write,
) => {
  await migrate(db, await write(BOTH));
  await assert.rejects(migrate(db, await write(APPLES)), /has migration 0002_pears.sql/);
});

onFreshDatabase("migrate() refuses numbers with a gap, before it applies any", async (
  { db },
  write,
) => {
  const gap = await write({ ...APPLES, "0003_pears.sql": "create table pears (id int);" });
  await assert.rejects(migrate(db, gap), /0003_pears.sql: expected number 2/);
  assert.deepEqual(await names(db, TABLES), []);
});

onFreshDatabase("migrate() refuses two files with one number", async ({ db }, write) => {
  const twice = await write({ ...APPLES, "0001_pears.sql": "create table pears (id int);" });
  await assert.rejects(migrate(db, twice), MigrationError);
});

onFreshDatabase("migrate() refuses a file that is not named as a migration", async (
  { db },
  write,
) => {
  const stray = await write({ ...APPLES, "pears.sql": "create table pears (id int);" });
  await assert.rejects(migrate(db, stray), /pears.sql: not named 0001_name.sql/);
});

onFreshDatabase("migrate() leaves nothing of a migration that fails, and goes on there", async (
  { db },
  write,
) => {
  const broken = { ...APPLES, "0002_pears.sql": "create table pears (id int); select 1 / 0;" };
  await assert.rejects(
    migrate(db, await write(broken)),
    /Cannot apply migration 0002_pears.sql: division by zero/,
  );
  assert.deepEqual(await names(db, TABLES), ["apples"]);
  assert.deepEqual(await names(db, APPLIED), ["0001_apples.sql"]);
  assert.deepEqual(await migrate(db, await write(BOTH)), ["0002_pears.sql"]);
});
