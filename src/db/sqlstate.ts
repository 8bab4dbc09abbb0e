import pg from "pg";

/**
 * The database cannot be reached, or a connection was lost. A statement that was running may have been
 * executed nevertheless.
 */
export class DatabaseConnectionError extends Error {
  override readonly name = "DatabaseConnectionError";

  constructor(override readonly cause: Error) {
    super(cause.message);
  }
}

/** True if the data violates a type or a constraint (classes 22 and 23), so that a retry fails again. */
export function isDataFault(error: unknown): boolean {
  return /^2[23]/.test(sqlStateOf(error));
}

/** True if a row with the same unique key exists. */
export function isUniqueViolation(error: unknown): boolean {
  return sqlStateOf(error) === "23505";
}

/** True if a parameter has a value that the function does not accept: an unknown time zone. */
export function isInvalidParameter(error: unknown): boolean {
  return sqlStateOf(error) === "22023";
}

/**
 * True if the connection must be replaced: the server shuts down and has closed it, or the server is a
 * standby, so that a new connection may reach the primary.
 */
export function endsConnection(error: unknown): boolean {
  return /^57P|^25006$/.test(sqlStateOf(error));
}

/** True if the server canceled the statement, because it took too long or an administrator asked for it. */
export function isCanceled(error: unknown): boolean {
  return sqlStateOf(error) === "57014";
}

// Connection exception, transaction rollback, insufficient resources, operator intervention, system
// error; a lock that was not available; and a standby, which is read-only, after a failover.
const TRANSIENT = /^(08|40|53|57|58)|^(55P03|25006)$/;

/**
 * True if the same statement may succeed later: the database could not be reached, or refused it for a
 * temporary reason.
 */
export function isTransient(error: unknown): boolean {
  return error instanceof DatabaseConnectionError || TRANSIENT.test(sqlStateOf(error));
}

/**
 * Returns the reason why the database cannot answer now, if the same statement may succeed later.
 *
 * @returns a sentence for people, without a full stop; null for any other error
 */
export function unavailability(error: unknown): string | null {
  if (!isTransient(error)) return null;
  if (error instanceof DatabaseConnectionError) return "The database cannot be reached";
  const reason = REASONS.find(([states]) => states.test(sqlStateOf(error)));
  return reason?.[1] ?? "The database cannot answer at present";
}

const REASONS: readonly [states: RegExp, reason: string][] = [
  [/^53100/, "The database refuses writes, because its disk is full"],
  [/^25006/, "The database refuses writes, because it is read-only"],
  [/^53/, "The database has no free connection or memory"],
  [/^40|^55P03/, "The database could not complete the request beside others"],
  [/^57014/, "The database did not complete the request in time"],
  [/^57P/, "The database is stopping or starting"],
];

function sqlStateOf(error: unknown): string {
  return error instanceof pg.DatabaseError ? error.code ?? "" : "";
}
