import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Database, openDatabase, statement } from "../../src/db/database.ts";
import { migrate } from "../../src/db/migrate.ts";
import { MigrationError } from "../../src/db/migration.ts";
import { onEveryDatabase, onPostgres, type PostgresTestDatabase } from "../support/database.ts";

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

type Write = (files: Record<string, string>) => Promise<URL>;

/** Declares a test on a PostgreSQL database without recorded migrations. */
function onFreshDatabase(
  name: string,
  test: (database: PostgresTestDatabase, write: Write) => Promise<void>,
): void {
  onPostgres(name, (database) => withMigrations(database.db, (write) => test(database, write)));
}

/** Forgets all migrations of `db`, and runs `test` with a function that writes others to a directory. */
async function withMigrations(db: Database, test: (write: Write) => Promise<void>): Promise<void> {
  await runQuery(db, "drop table migrations");
  const parent = await mkdtemp(join(tmpdir(), "waybill-migrations-"));
  try {
    await test(async (files) => {
      const directory = await mkdtemp(join(parent, "version-"));
      for (const [name, sql] of Object.entries(files)) {
        await writeFile(join(directory, name), sql);
      }
      return pathToFileURL(`${directory}/`);
    });
  } finally {
    await rm(parent, { recursive: true });
  }
}

/** Runs a query on a connection of its own, so that the embedded database can be migrated after it. */
async function runQuery(db: Database, query: string): Promise<unknown[]> {
  const client = await db.dedicated();
  try {
    return (await client.query(query)).rows;
  } finally {
    await client.end();
  }
}

onFreshDatabase("migrate() applies each new migration once, in order", async ({ db }, write) => {
  assert.deepEqual(await migrate(db, await write(APPLES)), ["0001_apples.sql"]);
  assert.deepEqual(await migrate(db, await write(BOTH)), ["0002_pears.sql"]);
  assert.deepEqual(await migrate(db, await write(BOTH)), []);
  assert.deepEqual(await names(db, TABLES), ["apples", "pears"]);
});

onFreshDatabase(
  "migrate() applies each migration once when ten replicas start together",
  async ({ url }, write) => {
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
  },
);

onFreshDatabase("migrate() refuses a file that was changed after it was applied", async (
  { db },
  write,
) => {
  await migrate(db, await write(APPLES));
  const changed = await write({ ...PEARS, "0001_apples.sql": "create table apples (id bigint);" });
  await assert.rejects(migrate(db, changed), /0001_apples.sql was changed after it was applied/);
  assert.deepEqual(await names(db, TABLES), ["apples"]);
});

onFreshDatabase("migrate() ignores the line ends of a file", async ({ db }, write) => {
  await migrate(db, await write({ "0001_apples.sql": "create table\napples (id int);\n" }));
  const checkedOutOnWindows = { "0001_apples.sql": "create table\r\napples (id int);\r\n" };
  assert.deepEqual(await migrate(db, await write(checkedOutOnWindows)), []);
});

onFreshDatabase("migrate() refuses a database that was migrated by a newer version", async (
  { db },
  write,
) => {
  await migrate(db, await write(BOTH));
  await assert.rejects(
    migrate(db, await write(APPLES)),
    /a newer version has applied migration 0002_pears.sql/,
  );
});

onFreshDatabase("migrate() refuses a gap in the numbers before it applies any migration", async (
  { db },
  write,
) => {
  const gap = await write({ ...APPLES, "0003_pears.sql": "create table pears (id int);" });
  await assert.rejects(migrate(db, gap), /0003_pears.sql: expected number 2/);
  assert.deepEqual(await names(db, TABLES), []);
});

onFreshDatabase("migrate() refuses two files with the same number", async ({ db }, write) => {
  const twice = await write({ ...APPLES, "0001_pears.sql": "create table pears (id int);" });
  await assert.rejects(migrate(db, twice), MigrationError);
});

onFreshDatabase("migrate() refuses a file that is not named like a migration", async (
  { db },
  write,
) => {
  const stray = await write({ ...APPLES, "pears.sql": "create table pears (id int);" });
  await assert.rejects(migrate(db, stray), /pears.sql: not named 0001_name.sql/);
});

onFreshDatabase("migrate() rolls a failed migration back, and applies it at the next start", async (
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

onEveryDatabase(
  "migrate() runs a migration without a transaction statement by statement",
  ({ db }) =>
    withMigrations(db, async (write) => {
      const directory = await write({
        ...APPLES,
        "0002_index.sql": `-- no transaction
-- A semicolon in a comment; in a literal, or in a body ends no statement.
create index concurrently apples_id on apples (id); /* nor; here */
comment on index apples_id is 'one; two';
do $$ begin perform 1; end $$;
vacuum apples;
`,
      });
      assert.deepEqual(await migrate(db, directory), ["0001_apples.sql", "0002_index.sql"]);
      assert.deepEqual(
        await runQuery(db, "select obj_description('apples_id'::regclass) as comment"),
        [{ comment: "one; two" }],
      );
      assert.deepEqual(await migrate(db, directory), []);
    }),
);

onEveryDatabase(
  "migrate() repeats a migration without a transaction that failed half-way",
  ({ db }) =>
    withMigrations(db, async (write) => {
      const directory = await write({
        "0001_apples.sql": "create table apples (id int); insert into apples values (1), (1);",
        "0002_index.sql": `-- no transaction
drop index concurrently if exists apples_id;
create unique index concurrently apples_id on apples (id);
`,
      });
      await assert.rejects(migrate(db, directory), ({ name, message }: MigrationError) => {
        assert.equal(name, "MigrationError");
        assert.match(message, /0002_index.sql: statement 2 of 2 failed: could not create unique/);
        assert.match(message, /start again, which repeats the whole migration/);
        return true;
      });
      assert.deepEqual(await runQuery(db, "select number from migrations"), [{ number: 1 }]);
      const isValid =
        "select indisvalid as valid from pg_index where indrelid = 'apples'::regclass";
      assert.deepEqual(await runQuery(db, isValid), [{ valid: false }]);

      await runQuery(db, "delete from apples where ctid <> (select min(ctid) from apples)");
      assert.deepEqual(await migrate(db, directory), ["0002_index.sql"]);
      assert.deepEqual(await runQuery(db, isValid), [{ valid: true }]);
    }),
);
