import { type RawBuilder, sql } from "kysely";
import { idBound } from "../id.ts";

// Maximum difference between the clocks that `id` and `created_at` were taken from.
const CLOCK_SKEW_MINUTES = 5;
const FAILED = sql<Date>`coalesce(d.failed_at, '-infinity')`;

/** Periods of a filter of deliveries; each begins with the first time and ends before the second. */
export interface TimeFilter {
  readonly createdFrom?: Date | null;
  readonly createdTo?: Date | null;
  /** Time at which they became FAILED or BOUNCED. */
  readonly failedFrom?: Date | null;
  readonly failedTo?: Date | null;
}

/**
 * Builds the conditions that a delivery `d` is within the periods. Ids grow with the time of creation, so that
 * the index of the list limits the rows that are read. The expression of the time of failure is that of its
 * index.
 */
export function timesOf(
  { createdFrom, createdTo, failedFrom, failedTo }: TimeFilter,
): RawBuilder<boolean>[] {
  const conditions: RawBuilder<boolean>[] = [];
  if (createdFrom) {
    const first = idBound(createdFrom, -CLOCK_SKEW_MINUTES);
    conditions.push(sql`d.created_at >= ${createdFrom} and d.id >= ${first}`);
  }
  if (createdTo) {
    const last = idBound(createdTo, CLOCK_SKEW_MINUTES);
    conditions.push(sql`d.created_at < ${createdTo} and d.id < ${last}`);
  }
  if (failedFrom || failedTo) {
    conditions.push(
      sql`d.error_type is not null and d.status <> 'PENDING' and d.failed_at is not null`,
    );
  }
  if (failedFrom) conditions.push(sql`${FAILED} >= ${failedFrom}`);
  if (failedTo) conditions.push(sql`${FAILED} < ${failedTo}`);
  return conditions;
}
