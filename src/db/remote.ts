import { type Database, type DatabaseOptions, openDatabase, statement } from "./database.ts";
import { DEADLINE_MS, inTime } from "./session.ts";

// The identity is the same through a pooler and past it, and differs between any two databases. It has the time
// at which the server was started, because not every user may read the system identifier.
const READ_SESSION = statement<[], Session>(
  "database.session",
  `select extract(epoch from pg_postmaster_start_time()) || '/' || oid as identity,
     current_setting('enable_seqscan') = 'off' as "optionsArrived"
   from pg_database where datname = current_database()`,
);

interface Session {
  readonly identity: string;
  /** Whether the server has received the startup options. */
  readonly optionsArrived: boolean;
}

/** PostgreSQL cannot be reached, refuses the connection, or is reached through a pooler that is not named. */
export class DatabaseUnavailableError extends Error {
  override readonly name = "DatabaseUnavailableError";
}

/** URLs and size of a pool. */
export interface RemoteOptions extends Pick<DatabaseOptions, "size" | "onError"> {
  /** postgres://user:password@host:port/database */
  readonly url: string;
  /** The same database past the pooler to which `url` leads; null: `url` leads to the server itself. */
  readonly directUrl: string | null;
}

/**
 * Opens a PostgreSQL database, and checks that it can be used.
 *
 * @throws {DatabaseUnavailableError} if it cannot be used. The message has only the host and the database,
 *   because a URL may contain a password.
 */
export async function openRemoteDatabase(
  { url, directUrl, size, onError }: RemoteOptions,
): Promise<Database> {
  const database = openDatabase({
    connection: { connectionString: url },
    direct: directUrl === null ? undefined : { connectionString: directUrl },
    size,
    embedded: false,
    onError,
  });
  try {
    const direct = await checkDirect(database, url, directUrl);
    if (directUrl !== null) await checkPooled(database, url, direct);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function checkDirect(
  database: Database,
  url: string,
  directUrl: string | null,
): Promise<Session> {
  const pooler = directUrl === null
    ? "it is a connection pooler; keep DATABASE_URL, and set DATABASE_DIRECT_URL to the PostgreSQL " +
      "server behind it"
    : "it is a connection pooler; set DATABASE_DIRECT_URL to the PostgreSQL server behind it";
  const variable = directUrl === null ? "DATABASE_URL" : "DATABASE_DIRECT_URL";
  try {
    const session = await readDirect(database);
    if (session?.optionsArrived) return session;
  } catch (cause) {
    const reason = reasonOf(cause);
    // PgBouncer refuses startup options, or ignores them if it is configured to do so.
    const advice = /unsupported startup parameter/.test(reason)
      ? pooler
      : `${reason}; see ${variable}`;
    throw unusable(directUrl ?? url, advice, cause);
  }
  throw unusable(directUrl ?? url, pooler);
}

async function readDirect(database: Database): Promise<Session | undefined> {
  const client = await database.dedicated();
  try {
    const { rows } = await inTime(client.query<Session>(READ_SESSION.text), DEADLINE_MS);
    return rows[0];
  } finally {
    await client.end();
  }
}

async function checkPooled(database: Database, url: string, direct: Session): Promise<void> {
  let session: Session | undefined;
  try {
    // In a transaction, which a pooler in statement mode refuses.
    [session] = await database.transaction((tx) => tx.run(READ_SESSION));
  } catch (cause) {
    throw unusable(url, `${reasonOf(cause)}; see DATABASE_URL`, cause);
  }
  if (session?.identity === direct.identity) return;
  throw unusable(url, "DATABASE_DIRECT_URL leads to another database than DATABASE_URL");
}

function unusable(url: string, reason: string, cause?: unknown): DatabaseUnavailableError {
  const { host, pathname } = new URL(url);
  const message = `Cannot use the database ${host}${pathname}: ${reason}`;
  return new DatabaseUnavailableError(message, { cause });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
