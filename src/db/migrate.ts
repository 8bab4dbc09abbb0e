import type { Database } from "./database.ts";
import { type Migration, MigrationError, readMigrations } from "./migration.ts";
import { DEADLINE_MS, inTime } from "./session.ts";

const DIRECTORY = new URL("../../migrations/", import.meta.url);
// An arbitrary constant: it identifies the lock among the advisory locks of this database.
const LOCK = 7_461_902_514;
const LOCK_POLL_MS = 100;

/**
 * Applies all pending migrations in order, each in a transaction of its own unless its first line is
 * `-- no transaction`. Replicas that start together run this one after the other, so that only the first
 * one finds pending migrations.
 *
 * @param directory of the numbered .sql files
 * @returns the file names of the migrations that were applied
 * @throws {MigrationError} if an applied file was changed or is missing, a number is skipped, or a
 *   migration fails
 */
export async function migrate(database: Database, directory: URL = DIRECTORY): Promise<string[]> {
  const migrations = await readMigrations(directory);
  const client = await database.dedicated();
  try {
    if (!database.embedded) {
      // Building an index may take hours.
      await client.query("set statement_timeout = 0");
      await takeLock(client);
    }
    await client.query(
      `create table if not exists migrations (number int primary key, name text not null,
        checksum text not null, applied_at timestamptz not null default now())`,
    );
    const { rows } = await client.query<AppliedMigration>(
      "select number, name, checksum from migrations order by number",
    );
    const pending = pendingMigrations(migrations, rows);
    for (const migration of pending) {
      await (migration.transactional ? applyInTransaction : applyByStatement)(client, migration);
    }
    return pending.map((migration) => migration.name);
  } finally {
    // Ends the session, which releases the lock.
    await client.end();
  }
}

type Client = Awaited<ReturnType<Database["dedicated"]>>;

type AppliedMigration = Pick<Migration, "number" | "name" | "checksum">;

// Polled, because a session that blocks in pg_advisory_lock deadlocks with CREATE INDEX CONCURRENTLY.
async function takeLock(client: Client): Promise<void> {
  while (true) {
    const { rows } = await inTime(
      client.query<{ taken: boolean }>("select pg_try_advisory_lock($1) as taken", [LOCK]),
      DEADLINE_MS,
    );
    if (rows[0]?.taken) return;
    await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
  }
}

function pendingMigrations(
  files: readonly Migration[],
  applied: readonly AppliedMigration[],
): Migration[] {
  for (const { number, name, checksum } of applied) {
    const file = files.find((migration) => migration.number === number);
    if (!file) {
      throw new MigrationError(
        `Cannot migrate: a newer version has applied migration ${name} to this database; ` +
          "start that version",
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

async function applyInTransaction(client: Client, migration: Migration): Promise<void> {
  await client.query("begin");
  try {
    await record(client, migration);
    for (const statement of migration.statements) await client.query(statement);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw new MigrationError(
      `Cannot apply migration ${migration.name}: ${reasonOf(error)}`,
      { cause: error },
    );
  }
}

async function applyByStatement(client: Client, migration: Migration): Promise<void> {
  const { name, statements } = migration;
  for (const [index, statement] of statements.entries()) {
    try {
      await client.query(statement);
    } catch (error) {
      throw new MigrationError(
        `Cannot apply migration ${name}: statement ${index + 1} of ${statements.length} failed: ` +
          `${reasonOf(error)}; the statements before it took effect, because this migration has ` +
          "no transaction; remove the cause and start again, which repeats the whole migration",
        { cause: error },
      );
    }
  }
  await record(client, migration);
}

async function record(client: Client, { number, name, checksum }: Migration): Promise<void> {
  await client.query(
    "insert into migrations (number, name, checksum) values ($1, $2, $3)",
    [number, name, checksum],
  );
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
