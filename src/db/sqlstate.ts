import pg from "pg";
import { DatabaseConnectionError } from "./database.ts";

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

// Connection exception, transaction rollback, insufficient resources, operator intervention, system
// error; and a lock that was not available.
const TRANSIENT = /^(08|40|53|57|58)|^55P03$/;

/**
 * Whether the same statement may succeed later: the database could not be reached, or refused it for a
 * reason that passes without any change to the statement, its data or the schema.
 */
export function isTransient(error: unknown): boolean {
  return error instanceof DatabaseConnectionError || TRANSIENT.test(sqlStateOf(error) ?? "");
}
