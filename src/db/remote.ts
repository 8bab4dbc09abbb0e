import { type Database, openDatabase, statement } from "./database.ts";

const PING = statement<[]>("database.ping", "select");

/** PostgreSQL does not answer, or does not let this program in. */
export class DatabaseUnavailableError extends Error {
  override readonly name = "DatabaseUnavailableError";
}

/**
 * Opens PostgreSQL, and sees that it answers.
 *
 * @param url postgres://user:password@host:port/database
 * @param size connections at most
 * @param onError told of a connection that died while idle
 * @throws {DatabaseUnavailableError} when it does not, naming host and database only: the URL may hold
 *   a password
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
