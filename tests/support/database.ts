import { createHash } from "node:crypto";
import { cp, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { type Database, openDatabase } from "../../src/db/database.ts";
import { openEmbeddedDatabase } from "../../src/db/embedded.ts";
import { migrate } from "../../src/db/migrate.ts";

/** A migrated database for one test. */
export interface TestDatabase {
  readonly db: Database;
  /** Closes the connections and drops the database. */
  close(): Promise<void>;
}

export interface PostgresTestDatabase extends TestDatabase {
  /** DATABASE_URL for programs that the test starts. */
  readonly url: string;
}

export interface TestDatabaseOptions {
  /** Maximum number of connections; the embedded database always has one. */
  readonly size?: number;
  /** Called with the error of an idle connection; absent: the error fails the test. */
  readonly onError?: (error: Error) => void;
}

const SERVER = Deno.env.get("TEST_DATABASE_URL") ?? "postgres://postgres@127.0.0.1:5432/postgres";
const MIGRATIONS = new URL("../../migrations/", import.meta.url);
// Any fixed number: only one of several test processes creates the template.
const TEMPLATE_LOCK = 1_894_556_021;

/** Creates a migrated database on the PostgreSQL server at TEST_DATABASE_URL. */
export async function testDatabase(
  { size = 10, onError = fail }: TestDatabaseOptions = {},
): Promise<PostgresTestDatabase> {
  const name = `waybill_test_${Deno.pid}_${crypto.randomUUID().slice(0, 8)}`;
  const template = `waybill_template_${await migrationsChecksum()}`;
  await withServer(async (server) => {
    await makeTemplate(server, template);
    await server.query(`create database ${name} template ${template}`);
  });
  const url = urlOf(name);
  // Of its own, because a program takes the copy of a template for a restored database.
  await withServer((server) => server.query("update installation set id = gen_random_uuid()"), url);
  let closing = false;
  const db = openDatabase({
    connection: { connectionString: url },
    size,
    embedded: false,
    onError: (error) => closing || onError(error),
  });
  return {
    db,
    url,
    async close() {
      // A failed test may have left connections, which `with (force)` closes.
      closing = true;
      await db.close();
      await withServer((server) => server.query(`drop database ${name} with (force)`));
    },
  };
}

/** Creates a directory with a migrated embedded database, for DATA_DIR of a program. */
export async function embeddedDirectory(): Promise<string> {
  const template = join(tmpdir(), `waybill-template-${await migrationsChecksum()}`);
  await makeEmbeddedTemplate(template);
  const directory = await mkdtemp(join(tmpdir(), "waybill-test-"));
  await cp(join(template, "postgres"), join(directory, "postgres"), { recursive: true });
  return directory;
}

/** Creates a migrated embedded database. */
export async function embeddedDatabase(
  { onError = fail }: TestDatabaseOptions = {},
): Promise<TestDatabase> {
  const directory = await embeddedDirectory();
  const db = await openEmbeddedDatabase(directory, onError);
  return {
    db,
    async close() {
      await db.close();
      await rm(directory, { recursive: true });
    },
  };
}

/**
 * Declares a test on a fresh PostgreSQL database. If the server cannot be reached, the test is ignored
 * with the reason in its name; in CI it fails.
 */
export function onPostgres(
  name: string,
  test: (database: PostgresTestDatabase, step: Deno.TestContext) => Promise<void>,
  options?: TestDatabaseOptions,
): void {
  const label = `${name} [postgres]`;
  if (unreachable === null) return declare(label, () => testDatabase(options), test);
  const reason = `cannot connect to PostgreSQL at TEST_DATABASE_URL: ${unreachable}`;
  if (Deno.env.get("CI") === "true") Deno.test(label, () => fail(new Error(reason)));
  else Deno.test.ignore(`${label} (${reason})`, () => {});
}

/** Declares a test on a fresh embedded database. */
export function onEmbedded(
  name: string,
  test: (database: TestDatabase, step: Deno.TestContext) => Promise<void>,
  options?: TestDatabaseOptions,
): void {
  declare(`${name} [embedded]`, () => embeddedDatabase(options), test);
}

/** Declares a test twice: on a fresh PostgreSQL database, and on a fresh embedded one. */
export function onEveryDatabase(
  name: string,
  test: (database: TestDatabase, step: Deno.TestContext) => Promise<void>,
  options?: TestDatabaseOptions,
): void {
  onPostgres(name, test, options);
  onEmbedded(name, test, options);
}

/** Returns whether the server at TEST_DATABASE_URL has the files of an extension. */
export function hasExtension(name: string): Promise<boolean> {
  return withServer(async (server) => {
    const query = "select from pg_available_extensions where name = $1";
    return (await server.query(query, [name])).rowCount === 1;
  }).catch(() => false);
}

function declare<T extends TestDatabase>(
  name: string,
  open: () => Promise<T>,
  test: (database: T, step: Deno.TestContext) => Promise<void>,
): void {
  Deno.test(name, async (step) => {
    const database = await open();
    try {
      await test(database, step);
    } finally {
      await database.close();
    }
  });
}

function fail(error: Error): never {
  throw error;
}

// Null: the server can be reached.
const unreachable = await withServer(() => Promise.resolve(null)).catch(String);

async function withServer<T>(
  work: (server: pg.Client) => Promise<T>,
  connectionString = SERVER,
): Promise<T> {
  const server = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000 });
  await server.connect();
  try {
    return await work(server);
  } finally {
    await server.end();
  }
}

function urlOf(database: string): string {
  const url = new URL(SERVER);
  url.pathname = `/${database}`;
  return url.href;
}

async function migrationsChecksum(): Promise<string> {
  const hash = createHash("sha256");
  const files = await Array.fromAsync(Deno.readDir(MIGRATIONS), ({ name }) => name);
  for (const name of files.sort()) {
    hash.update(name).update(await Deno.readFile(new URL(name, MIGRATIONS)));
  }
  return hash.digest("hex").slice(0, 12);
}

async function makeTemplate(server: pg.Client, template: string): Promise<void> {
  const ready = async () => {
    const { rowCount } = await server.query(
      "select from pg_database where datname = $1 and datistemplate",
      [template],
    );
    return rowCount === 1;
  };
  if (await ready()) return;
  await server.query("select pg_advisory_lock($1)", [TEMPLATE_LOCK]);
  try {
    if (await ready()) return;
    // A process that was killed may have left an incomplete template.
    await server.query(`drop database if exists ${template} with (force)`);
    await server.query(`create database ${template}`);
    const db = openDatabase({
      connection: { connectionString: urlOf(template) },
      size: 1,
      embedded: false,
      onError: fail,
    });
    await migrate(db).finally(() => db.close());
    // PostgreSQL cannot copy a template that has connections.
    await server.query(`alter database ${template} with is_template true allow_connections false`);
  } finally {
    await server.query("select pg_advisory_unlock($1)", [TEMPLATE_LOCK]);
  }
}

async function makeEmbeddedTemplate(template: string): Promise<void> {
  if (await stat(template).catch(() => null)) return;
  const building = await mkdtemp(join(tmpdir(), "waybill-template-building-"));
  const db = await openEmbeddedDatabase(building, fail);
  await migrate(db).finally(() => db.close());
  try {
    await rename(building, template);
  } catch (error) {
    await rm(building, { recursive: true });
    // Another process has created the template first.
    if (await stat(template).catch(() => null)) return;
    throw error;
  }
}
