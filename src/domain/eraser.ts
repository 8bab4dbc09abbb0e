import type { Connection, Statement } from "../db/database.ts";

/** Result of erasing one chunk. */
export interface ErasedChunk {
  /** Number of deleted rows of the first table. */
  readonly erased: number;
  /** Value of `after` for the next chunk; null: there are no more rows. */
  readonly last: string | null;
}

/** Deletes the rows of one organization from tables of one noun. */
export interface Eraser {
  /** Tables that it deletes from. */
  readonly tables: readonly string[];
  /** Counts the rows of the first table, for the progress. Absent: they are few. */
  readonly count?: Statement<[organizationId: string], { count: number }>;
  /**
   * Deletes the next chunk.
   *
   * @param after `last` of the previous chunk; `FIRST_ROW` for the first one
   * @param limit maximum number of rows per table
   */
  erase(
    db: Connection,
    organizationId: string,
    after: string,
    limit: number,
  ): Promise<ErasedChunk>;
}

/** Value of `after` for the first chunk. */
export const FIRST_ROW = "00000000-0000-0000-0000-000000000000";

/** Statement that erases one chunk. */
export type EraseStatement = Statement<
  [organizationId: string, after: string, limit: number],
  ErasedChunk
>;

/** Returns the `erase` of a statement. */
export function eraseBy(erase: EraseStatement): Eraser["erase"] {
  return async (db, organizationId, after, limit) => {
    const [chunk] = await db.run(erase, organizationId, after, limit);
    return chunk ?? { erased: 0, last: null };
  };
}
