import { join, resolve } from "node:path";
import { type Database, openDatabase, statement } from "./database.ts";
import { EmbeddedDatabaseError, startEmbeddedWorker } from "./embedded_worker.ts";
import { EMBEDDED_SETTINGS } from "./settings.ts";

const VACUUM_INTERVAL_MS = 10 * 60_000;
// Like statement_timeout on PostgreSQL, which PGlite does not have.
const STATEMENT_LIMIT_MS = 60_000;
const MAINTENANCE_LIMIT_MS = 60 * 60_000;
// PGlite has no autovacuum.
const VACUUM = statement<[]>("database.vacuum", "vacuum (analyze)");
const PING = statement<[]>("database.ping", "select 1");

/**
 * Starts PGlite in a thread, and opens it through its socket by the driver of PostgreSQL. A thread that fails,
 * or that is blocked by a statement for over a minute, is restarted; until then statements fail with a
 * DatabaseConnectionError.
 *
 * The pool has a single connection, because the socket server interleaves the protocol messages of several
 * connections, whose unnamed statements would overwrite each other.
 *
 * @param dataDir directory of the database; created if it does not exist
 * @param onError called when an idle connection was lost
 * @throws {EmbeddedDatabaseError} if the directory is not writable or another process uses it, or
 *   PGlite does not start
 */
export async function openEmbeddedDatabase(
  dataDir: string,
  onError: (error: Error) => void,
): Promise<Database> {
  const lock = await lockDirectory(dataDir);
  const socketDir = await makeSocketDirectory();
  const database = openDatabase({
    connection: { host: socketDir.path, port: 5432, user: "postgres", database: "postgres" },
    size: 1,
    embedded: true,
    onError,
  });
  let vacuuming = false;
  const settings = {
    directory: resolve(dataDir, "postgres"),
    lock: resolve(dataDir, "thread.lock"),
    socket: join(socketDir.path, ".s.PGSQL.5432"),
    settings: EMBEDDED_SETTINGS,
  };
  // Migrations take their time too, and run before the pool has a connection.
  const answerMs = () =>
    vacuuming || database.pool().total === 0 ? MAINTENANCE_LIMIT_MS : STATEMENT_LIMIT_MS;
  const worker = await startEmbeddedWorker(settings, answerMs).catch((error) => {
    lock.close();
    socketDir.remove();
    throw error;
  });
  const vacuum = async () => {
    // A statement that hangs meanwhile must not get the time limit of the vacuum, which waits for its end.
    await database.run(PING);
    vacuuming = true;
    await database.run(VACUUM);
  };
  const tryVacuum = () => vacuum().catch(onError).finally(() => vacuuming = false);
  const timer = setInterval(tryVacuum, VACUUM_INTERVAL_MS);
  return {
    ...database,
    async close() {
      clearInterval(timer);
      await database.close();
      await worker.close();
      lock.close();
      socketDir.remove();
    },
  };
}

/** Creates a directory that only this user can open, because the socket requires no password. */
async function makeSocketDirectory(): Promise<{ readonly path: string; remove(): void }> {
  const path = await Deno.makeTempDir({ prefix: "waybill-" });
  const removeDirectory = () => Deno.removeSync(path, { recursive: true });
  // A second stop signal and a failed start exit the process without closing the database.
  addEventListener("unload", removeDirectory, { once: true });
  return {
    path,
    remove() {
      removeEventListener("unload", removeDirectory);
      removeDirectory();
    },
  };
}

async function lockDirectory(dataDir: string): Promise<Deno.FsFile> {
  const file = await openLock(dataDir);
  if (await file.tryLock(true)) return file;
  file.close();
  throw new EmbeddedDatabaseError(
    `Cannot open the embedded database in ${dataDir}: another process is using it; ` +
      "stop that process, choose another DATA_DIR, or set DATABASE_URL",
  );
}

async function openLock(dataDir: string): Promise<Deno.FsFile> {
  try {
    await Deno.mkdir(dataDir, { recursive: true });
    return await Deno.open(join(dataDir, "lock"), { create: true, write: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EmbeddedDatabaseError(
      `Cannot write to ${dataDir}: ${reason}; choose another DATA_DIR, or set DATABASE_URL`,
      { cause },
    );
  }
}
