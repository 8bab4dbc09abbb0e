import { createHash } from "node:crypto";
import type { Database } from "./database.ts";

/** The database and the migration files do not belong together. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
}

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

const DIRECTORY = new URL("../../migrations/", import.meta.url);
const FILE_NAME = /^(\d{4})_[a-z0-9_]+\.sql$/;
// Any fixed number: it names the lock among this database's advisory locks.
const LOCK = 7_461_902_514;
const LOCK_POLL_MS = 100;

/**
 * Brings the database to the newest migration, each in one transaction. Replicas that start together
 * take turns; those that come later find nothing left to do.
 *
 * @param directory where the numbered .sql files are
 * @returns the names of the migrations that were applied
 * @throws {MigrationError} when an applied file was changed or is missing, or a number is skipped
 */
export async function migrate(database: Database, directory: URL = DIRECTORY): Promise<string[]> {
  const migrations = await readMigrations(directory);
  const client = await database.dedicated();
  try {
    if (!database.embedded) {
      await client.query("set statement_timeout = 0");
      await takeLock(client);
    }
    await client.query(
      `create table if not exists migrations (number int primary key, name text not null,
        checksum text not null, applied_at timestamptz not null default now())`,
    );
    const { rows } = await client.query<Migration>(
      "select number, name, checksum from migrations order by number",
    );
    const pending = pendingMigrations(migrations, rows);
    for (const migration of pending) await apply(client, migration);
    return pending.map((migration) => migration.name);
  } finally {
    // Ends the session, and with it the lock.
    await client.end();
  }
}

type Client = Awaited<ReturnType<Database["dedicated"]>>;

// Polled: a session that blocks in pg_advisory_lock deadlocks with CREATE INDEX CONCURRENTLY.
async function takeLock(client: Client): Promise<void> {
  while (true) {
    const { rows } = await client.query<{ taken: boolean }>(
      "select pg_try_advisory_lock($1) as taken",
      [LOCK],
    );
    if (rows[0]?.taken) return;
    await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
  }
}

async function readMigrations(directory: URL): Promise<Migration[]> {
  const migrations: Migration[] = [];
  for await (const { name } of Deno.readDir(directory)) {
    const match = FILE_NAME.exec(name);
    if (!match) throw new MigrationError(`Cannot read migration ${name}: not named 0001_name.sql`);
    const sql = await Deno.readTextFile(new URL(name, directory));
    // Line ends differ between checkouts; the text does not.
    const checksum = createHash("sha256").update(sql.replaceAll("\r\n", "\n")).digest("hex");
    migrations.push({ number: Number(match[1]), name, sql, checksum });
  }
  migrations.sort((a, b) => a.number - b.number);
  migrations.forEach(({ number, name }, index) => {
    if (number !== index + 1) {
      throw new MigrationError(`Cannot use migration ${name}: expected number ${index + 1}`);
    }
  });
  return migrations;
}

function pendingMigrations(
  files: readonly Migration[],
  applied: readonly Pick<Migration, "number" | "name" | "checksum">[],
): Migration[] {
  for (const { number, name, checksum } of applied) {
    const file = files.find((migration) => migration.number === number);
    if (!file) {
      throw new MigrationError(
        `Cannot migrate: the database has migration ${name}, which this program does not; ` +
          "it was started before by a newer version",
      );
    }
    if (file.checksum !== checksum) {
      throw new MigrationError(
        `Cannot migrate: ${file.name} was changed after it was applied; ` +
          "restore the file and put the change into a new migration",
      );
    }
  }
  return files.slice(applied.length);
}

async function apply(client: Client, { number, name, sql, checksum }: Migration): Promise<void> {
  await client.query("begin");
  try {
    await client.query(
      "insert into migrations (number, name, checksum) values ($1, $2, $3)",
      [number, name, checksum],
    );
    await client.query(sql);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => {});
    const reason = error instanceof Error ? error.message : String(error);
    throw new MigrationError(`Cannot apply migration ${name}: ${reason}`, { cause: error });
  }
}
