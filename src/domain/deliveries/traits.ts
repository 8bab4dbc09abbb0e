import { type SelectQueryBuilder, sql } from "kysely";
import { type Connection, LONG, queryBuilder } from "../../db/database.ts";
import type { MessageStatus } from "../message_status.ts";
import type { Delivery } from "./delivery.ts";
import { DUE_AT, IS_RETRYABLE, type MatchingTables, STATUS } from "./list.ts";

/** Properties of a delivery that decide whether an action applies to it. */
export type DeliveryTraits = Pick<
  Delivery,
  "status" | "retryable" | "attempt" | "maxAttempts" | "errorType" | "suppressionReason" | "dueAt"
>;

/** Number of deliveries with equal traits. */
export interface TraitCount extends DeliveryTraits {
  readonly messageStatus: MessageStatus;
  readonly count: number;
}

/**
 * Groups deliveries by their traits, so that a rule about one delivery can be applied to millions.
 *
 * @param query from `matchingDeliveries`
 * @param limit maximum number of deliveries that are read; absent: all
 */
export function countTraits(
  db: Connection,
  query: SelectQueryBuilder<MatchingTables, "d" | "m" | "b", unknown>,
  limit?: number,
): Promise<TraitCount[]> {
  const limited = limit === undefined ? query : query.limit(limit);
  const traits = limited.select([
    "d.attempt",
    "d.error_type as errorType",
    "d.suppression_reason as suppressionReason",
    "m.max_attempts as maxAttempts",
    "m.status as messageStatus",
    IS_RETRYABLE.as("retryable"),
    STATUS.as("status"),
    DUE_AT.as("dueAt"),
  ]);
  return db.select(
    queryBuilder<Record<never, never>>().selectFrom(traits.as("t"))
      .select([
        "attempt",
        "errorType",
        "suppressionReason",
        "maxAttempts",
        "messageStatus",
        "retryable",
        "status",
      ])
      // All of a group are due, or none is.
      .select(({ fn }) => [fn.max("dueAt").as("dueAt"), fn.countAll<number>().as("count")])
      .groupBy([
        "attempt",
        "errorType",
        "suppressionReason",
        "maxAttempts",
        "messageStatus",
        "retryable",
        "status",
      ])
      .groupBy(sql`"dueAt" > now()`),
    LONG,
  );
}
