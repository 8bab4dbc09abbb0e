import { type Database, openDatabase, statement } from "./database.ts";

const PING = statement<[]>("database.ping", "select");

/** PostgreSQL cannot be reached, or refuses the connection. */
export class DatabaseUnavailableError extends Error {
  override readonly name = "DatabaseUnavailableError";
}

/**
 * Opens a PostgreSQL database, and checks that it can be reached.
 *
 * @param url postgres://user:password@host:port/database
 * @param size maximum number of connections
 * @param onError called when an idle connection was lost
 * @throws {DatabaseUnavailableError} if it cannot be reached. The message has only the host and the
 *   database, because the URL may contain a password.
 */
export async function openRemoteDatabase(
  url: string,
  size: number,
  onError: (error: Error) => void,
): Promise<Database> {
  const database = openDatabase({
    connection: { connectionString: url },
    size,
    embedded: false,
    onError,
  });
  try {
    await database.run(PING);
    return database;
  } catch (cause) {
    await database.close();
    const { host, pathname } = new URL(url);
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DatabaseUnavailableError(
      `Cannot use the database ${host}${pathname}: ${reason}; see DATABASE_URL`,
      { cause },
    );
  }
}
