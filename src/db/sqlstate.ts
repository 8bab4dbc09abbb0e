import pg from "pg";

/** SQLSTATE with which PostgreSQL refused a statement; null for any other failure. */
export function sqlStateOf(error: unknown): string | null {
  return error instanceof pg.DatabaseError ? error.code ?? null : null;
}

/** Whether the database refused the data itself (classes 22 and 23): repeating cannot succeed. */
export function isDataFault(error: unknown): boolean {
  return /^2[23]/.test(sqlStateOf(error) ?? "");
}

/** Whether a row with the same unique key exists. */
export function isUniqueViolation(error: unknown): boolean {
  return sqlStateOf(error) === "23505";
}
