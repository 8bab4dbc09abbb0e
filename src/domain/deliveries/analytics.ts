import { sql } from "kysely";
import type { DeliveryErrorType } from "../../channels/channel.ts";
import { LONG, queryBuilder, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { byId, listPage, type Page, type PageArgs } from "../page.ts";
import { inBuckets, type Period, type TimeBucket } from "../period.ts";
import type { Services } from "../services.ts";

/** Counts of one interval of a series. */
export interface DeliveryPoint {
  /** Start of the interval. */
  readonly at: Date;
  readonly sent: number;
  readonly failed: number;
  readonly bounced: number;
  readonly suppressed: number;
}

/** Numbers of attempts that were sent, and that failed or are unknown. */
export interface AttemptCounts {
  readonly sent: number;
  readonly failed: number;
}

/** Numbers of first attempts, and of deliveries that were suppressed instead of an attempt. */
export interface DeliveryCounts extends AttemptCounts {
  readonly suppressed: number;
}

/** Number of attempts with the same message type, attempt number, outcome and error type. */
export interface AttemptGroup {
  readonly type: string;
  /** SUPPRESSED: the number of attempts before, because none was made. */
  readonly attempt: number;
  readonly outcome: "SENT" | "FAILED" | "UNKNOWN" | "SUPPRESSED";
  /** "" for SENT and SUPPRESSED. */
  readonly errorType: DeliveryErrorType | "";
  readonly count: number;
}

/** Number of failed and unknown attempts with one error type. */
export interface ErrorCount {
  readonly errorType: DeliveryErrorType;
  readonly count: number;
}

/** The same, with the fraction of all such attempts, 0 to 1. */
export interface ErrorShare extends ErrorCount {
  readonly fraction: number;
}

/** Numbers of first attempts and suppressed deliveries of one message. */
export interface MessageAttempts extends DeliveryCounts {
  readonly id: string;
}

type Scope = [organizationId: string, userId: string | null, from: Date, to: Date];

// Sums before the joins, because there are many counters of few messages and outcomes.
const GROUPS = statement<Scope, AttemptGroup>(
  "analytics.groups",
  `with counted as materialized (
     select message_id, attempt, error_type, outcome, sum(n) as n
     from delivery_stats
     where organization_id = $1 and minute >= date_trunc('minute', $3::timestamptz) and minute < $4
     group by 1, 2, 3, 4
   )
   select m.type, attempt, event as outcome, error_type as "errorType", sum(n * events)::int8 as count
   from counted join outcome_effects using (outcome) join messages m on m.id = message_id
   where event in ('SENT', 'FAILED', 'UNKNOWN', 'SUPPRESSED') and ($2::text is null or m.user_id = $2)
   group by 1, 2, 3, 4 having sum(n * events) > 0`,
  LONG,
);

/**
 * Counts the attempts of a period, of the messages that the caller may see.
 *
 * @returns one row per message type, attempt number, outcome and error type: a few hundred rows
 */
export function readAttemptGroups(
  { db }: Services,
  caller: Caller,
  period: Period,
): Promise<AttemptGroup[]> {
  return db.run(GROUPS, ...scopeOf(caller, period));
}

// Includes empty intervals. Days begin at midnight of the time zone, so they last 23 to 25 hours. Sums by
// outcome before the join, because there are many counters of few outcomes.
const SERIES = statement<[...Scope, bucket: string, timezone: string], DeliveryPoint>(
  "analytics.series",
  `with counted as materialized (
     select date_trunc($5, minute, $6) as at, outcome, sum(n) as n
     from delivery_stats
     where organization_id = $1 and minute >= date_trunc('minute', $3::timestamptz) and minute < $4
       and ($2::text is null or message_id in (
         select id from messages where organization_id = $1 and user_id = $2))
     group by 1, 2
   )
   select at, coalesce(sum(n) filter (where event = 'SENT'), 0)::int8 as sent,
     coalesce(sum(n) filter (where event in ('FAILED', 'UNKNOWN')), 0)::int8 as failed,
     coalesce(sum(n) filter (where event = 'BOUNCED'), 0)::int8 as bounced,
     coalesce(sum(n) filter (where event = 'SUPPRESSED'), 0)::int8 as suppressed
   from (
     select at, event, n * events as n from counted join outcome_effects using (outcome)
     union all
     select date_trunc($5, t, $6), null, 0
     from generate_series(date_trunc($5, $3::timestamptz, $6), $4::timestamptz,
       case $5 when 'minute' then interval '1 minute' else interval '1 hour' end) t
     where t < $4
   ) points group by 1 order by 1`,
  LONG,
);

/**
 * Counts sent, failed, bounced and suppressed deliveries by interval of time.
 *
 * @param timezone IANA name of the time zone in which hours and days begin
 * @returns every interval of the period, oldest first, including empty ones
 * @throws {InvalidInputError} for an unknown time zone, and for more than 2,000 intervals
 */
export async function readSeries(
  { db }: Services,
  caller: Caller,
  period: Period,
  bucket: TimeBucket,
  timezone: string,
): Promise<DeliveryPoint[]> {
  const scope = scopeOf(caller, period);
  return await inBuckets(
    period,
    bucket,
    timezone,
    (unit, zone) => db.run(SERIES, ...scope, unit, zone),
  );
}

interface Tables {
  delivery_stats: {
    organization_id: string;
    message_id: string;
    minute: Date;
    attempt: number;
    outcome: string;
    n: number;
  };
  outcome_effects: { outcome: string; event: string | null; events: number };
  messages: { id: string; organization_id: string; user_id: string | null };
}

/**
 * Reads a page of the messages that have first attempts or suppressed deliveries in a period, newest first.
 *
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
 */
export function listMessageAttempts(
  { db }: Services,
  caller: Caller,
  { from, to }: Period,
  page: PageArgs,
): Promise<Page<MessageAttempts>> {
  const builder = queryBuilder<Tables>();
  let counted = builder.selectFrom("delivery_stats as s")
    .select(["s.message_id", "s.outcome", sql<number>`sum(s.n)`.as("n")])
    .where("s.organization_id", "=", caller.organizationId)
    .where("s.minute", ">=", sql<Date>`date_trunc('minute', ${from}::timestamptz)`)
    .where("s.minute", "<", to)
    .where(({ or, eb }) => or([eb("s.attempt", "=", 1), eb("s.outcome", "=", "SUPPRESSED")]))
    .groupBy(["s.message_id", "s.outcome"]);
  if (caller.role === "MEMBER") {
    const own = builder.selectFrom("messages").select("id")
      .where("organization_id", "=", caller.organizationId).where("user_id", "=", caller.userId);
    counted = counted.where("s.message_id", "in", own);
  }
  const sumOf = (...events: string[]) =>
    sql<number>`coalesce(sum(n * events) filter (where event in (${sql.join(events)})), 0)::int8`;
  const summed = builder.selectFrom(counted.as("c"))
    .innerJoin("outcome_effects as e", "e.outcome", "c.outcome")
    .select([
      "c.message_id as id",
      sumOf("SENT").as("sent"),
      sumOf("FAILED", "UNKNOWN").as("failed"),
      sumOf("SUPPRESSED").as("suppressed"),
    ])
    .where("e.event", "in", ["SENT", "FAILED", "UNKNOWN", "SUPPRESSED"])
    .groupBy("c.message_id");
  const query = builder.selectFrom(summed.as("summed"))
    .select(["id", "sent", "failed", "suppressed"]);
  return listPage(db, query, byId("desc"), page);
}

/** Fraction of first attempts that were sent; null if there are none. */
export function successOf({ sent, failed }: AttemptCounts): number | null {
  return sent + failed === 0 ? null : sent / (sent + failed);
}

/** Computes the fraction of each error type, most frequent first. */
export function sharesOf(counts: readonly ErrorCount[]): ErrorShare[] {
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  return counts.map((each) => ({ ...each, fraction: each.count / total }))
    .sort((a, b) => b.count - a.count);
}

function scopeOf({ organizationId, role, userId }: Caller, { from, to }: Period): Scope {
  // A MEMBER without a user owns no message.
  return [organizationId, role === "MEMBER" ? userId ?? "" : null, from, to];
}
