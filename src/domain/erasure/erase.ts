import { type ErasedChunk, FIRST_ROW } from "../eraser.ts";
import type { Services } from "../services.ts";
import { ERASERS } from "./erasers.ts";

/** Counts the remaining rows of an organization, approximately. */
export async function countRows({ db }: Services, organizationId: string): Promise<number> {
  let total = 0;
  for (const { count } of ERASERS) {
    const [row] = count ? await db.run(count, organizationId) : [];
    total += row?.count ?? 0;
  }
  return total;
}

/**
 * Erases the rows of an organization, each chunk in a transaction of its own. A row that is added meanwhile may remain.
 *
 * @param limit maximum number of rows per table and chunk
 * @param onChunk called before each chunk, with the number of rows of `countRows` that are erased; it may throw
 * @returns number of rows that were erased
 */
export async function eraseRows(
  { db }: Services,
  organizationId: string,
  limit: number,
  onChunk: (counted: number) => void,
): Promise<number> {
  let [all, counted] = [0, 0];
  for (const { erase, count } of ERASERS) {
    let after: string | null = FIRST_ROW;
    while (after !== null) {
      onChunk(counted);
      const { erased, last }: ErasedChunk = await erase(db, organizationId, after, limit);
      all += erased;
      if (count) counted += erased;
      after = last;
    }
  }
  onChunk(counted);
  return all;
}
