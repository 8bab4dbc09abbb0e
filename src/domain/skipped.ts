/** Number of items that an action did not change, for one reason. */
export interface SkippedCount {
  /** Text for people. */
  readonly reason: string;
  readonly count: number;
}

/**
 * Adds up the skipped items by reason, most frequent first.
 *
 * @param items reason and number of items; a null reason: not skipped
 */
export function countSkipped(
  items: Iterable<readonly [reason: string | null, count: number]>,
): SkippedCount[] {
  const counts = new Map<string, number>();
  for (const [reason, count] of items) {
    if (reason !== null && count > 0) counts.set(reason, (counts.get(reason) ?? 0) + count);
  }
  return Array.from(counts, ([reason, count]) => ({ reason, count }))
    .sort((a, b) => b.count - a.count);
}
