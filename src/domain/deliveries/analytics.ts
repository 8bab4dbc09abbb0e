import { sql } from "kysely";
import type { DeliveryErrorType } from "../../channels/channel.ts";
import { queryBuilder, statement } from "../../db/database.ts";
import { isInvalidParameter } from "../../db/sqlstate.ts";
import type { Caller } from "../access/access.ts";
import { invalid, InvalidInputError, type Issue } from "../errors.ts";
import { byId, listPage, type Page, type PageArgs } from "../page.ts";
import type { Services } from "../services.ts";

/** A period of time, from the start of the minute of `from` until before `to`. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** Length of the intervals of a series. */
export type TimeBucket = "MINUTE" | "HOUR" | "DAY";

/** Counts of one interval of a series. */
export interface DeliveryPoint {
  /** Start of the interval. */
  readonly at: Date;
  readonly sent: number;
  readonly failed: number;
  readonly bounced: number;
}

/** Numbers of attempts that were sent, and that failed or are unknown. */
export interface AttemptCounts {
  readonly sent: number;
  readonly failed: number;
}

/** Number of attempts with the same message type, attempt number, outcome and error type. */
export interface AttemptGroup {
  readonly type: string;
  readonly attempt: number;
  readonly outcome: "SENT" | "FAILED" | "UNKNOWN";
  /** "" for SENT. */
  readonly errorType: DeliveryErrorType | "";
  readonly count: number;
}

/** Numbers of first attempts of one message. */
export interface MessageAttempts extends AttemptCounts {
  readonly id: string;
}

const MAX_POINTS = 2_000;
const BUCKET_MS: Record<TimeBucket, number> = {
  MINUTE: 60_000,
  HOUR: 60 * 60_000,
  DAY: 24 * 60 * 60_000,
};

type Scope = [organizationId: string, userId: string | null, from: Date, to: Date];

/**
 * Checks a period.
 *
 * @throws {InvalidInputError} path `to`, if the period does not end after it begins
 */
export function checkPeriod({ from, to }: Period): void {
  if (from < to) return;
  throw invalid(["to"], "OUT_OF_RANGE", "must be later than from");
}

// Sums by message before the join, because there are many counters of few messages.
const GROUPS = statement<Scope, AttemptGroup>(
  "analytics.groups",
  `with counted as materialized (
     select message_id, attempt, error_type,
       event as outcome, sum(events) as n
     from delivery_counters
     where organization_id = $1 and minute >= date_trunc('minute', $3::timestamptz) and minute < $4
       and event in ('SENT', 'FAILED', 'UNKNOWN')
     group by 1, 2, 3, 4
   )
   select m.type, attempt, outcome, error_type as "errorType", sum(n)::int8 as count
   from counted join messages m on m.id = message_id
   where $2::text is null or m.user_id = $2
   group by 1, 2, 3, 4 having sum(n) > 0`,
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

// Includes empty intervals. Days begin at midnight of the time zone, so they last 23 to 25 hours.
const SERIES = statement<[...Scope, bucket: string, timezone: string], DeliveryPoint>(
  "analytics.series",
  `with counted as materialized (
     select minute, sum(events) filter (where event = 'SENT') as sent,
       sum(events) filter (where event in ('FAILED', 'UNKNOWN')) as failed,
       sum(events) filter (where event = 'BOUNCED') as bounced
     from delivery_counters
     where organization_id = $1 and minute >= date_trunc('minute', $3::timestamptz) and minute < $4
       and ($2::text is null or message_id in (
         select id from messages where organization_id = $1 and user_id = $2))
     group by 1
   ),
   buckets as (
     select date_trunc($5, t, $6) as at, 0 as sent, 0 as failed, 0 as bounced
     from generate_series(date_trunc($5, $3::timestamptz, $6), $4::timestamptz,
       case $5 when 'minute' then interval '1 minute' else interval '1 hour' end) t
     where t < $4
   )
   select at, coalesce(sum(sent), 0)::int8 as sent, coalesce(sum(failed), 0)::int8 as failed,
     coalesce(sum(bounced), 0)::int8 as bounced
   from (
     select * from buckets
     union all select date_trunc($5, minute, $6), sent, failed, bounced from counted
   ) points group by 1 order by 1`,
);

/**
 * Counts sent, failed and bounced deliveries by interval of time.
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
  const issues = [...issuesOfTimezone(timezone), ...issuesOfBucket(period, bucket)];
  if (issues.length > 0) throw new InvalidInputError(issues);
  try {
    const scope = scopeOf(caller, period);
    return await db.run(SERIES, ...scope, bucket.toLowerCase(), zoneOf(timezone));
  } catch (error) {
    // PostgreSQL may have an older list of time zones than this process.
    if (!isInvalidParameter(error)) throw error;
    throw invalid(["timezone"], "MALFORMED", noTimezone(timezone));
  }
}

interface Tables {
  delivery_counters: {
    organization_id: string;
    message_id: string;
    minute: Date;
    attempt: number;
    event: string;
    events: number;
  };
  messages: { id: string; organization_id: string; user_id: string | null };
}

/**
 * Reads a page of the messages that have first attempts in a period, newest first.
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
  let counted = builder.selectFrom("delivery_counters as c")
    .select([
      "c.message_id as id",
      sql<number>`coalesce(sum(events) filter (where event = 'SENT'), 0)::int8`.as("sent"),
      sql<number>`coalesce(sum(events) filter (where event <> 'SENT'), 0)::int8`.as("failed"),
    ])
    .where("c.organization_id", "=", caller.organizationId)
    .where("c.minute", ">=", sql<Date>`date_trunc('minute', ${from}::timestamptz)`)
    .where("c.minute", "<", to)
    .where("c.attempt", "=", 1)
    .where("c.event", "in", ["SENT", "FAILED", "UNKNOWN"])
    .groupBy("c.message_id");
  if (caller.role === "MEMBER") {
    const own = builder.selectFrom("messages").select("id")
      .where("organization_id", "=", caller.organizationId).where("user_id", "=", caller.userId);
    counted = counted.where("c.message_id", "in", own);
  }
  const query = builder.selectFrom(counted.as("counted")).select(["id", "sent", "failed"]);
  return listPage(db, query, byId("desc"), page);
}

/** Fraction of first attempts that were sent; null if there are none. */
export function successOf({ sent, failed }: AttemptCounts): number | null {
  return sent + failed === 0 ? null : sent / (sent + failed);
}

function scopeOf({ organizationId, role, userId }: Caller, { from, to }: Period): Scope {
  // A MEMBER without a user owns no message.
  return [organizationId, role === "MEMBER" ? userId ?? "" : null, from, to];
}

function issuesOfTimezone(timezone: string): Issue[] {
  const path = ["timezone"];
  try {
    // An offset such as +02:00 has the opposite sign in PostgreSQL.
    if (/^[+-]/.test(timezone)) {
      const message = "is an offset; use the name of a time zone, such as Europe/Berlin";
      return [{ path, code: "MALFORMED", message }];
    }
    new Intl.DateTimeFormat("en", { timeZone: timezone });
    return [];
  } catch {
    return [{ path, code: "MALFORMED", message: noTimezone(timezone) }];
  }
}

function noTimezone(timezone: string): string {
  return `is not an IANA time zone such as Europe/Berlin: ${JSON.stringify(timezone)}`;
}

// Replaces abbreviations by full names, because IST is Israel's time in PostgreSQL and India's in
// JavaScript. A name with a city is not replaced, because JavaScript may return an old alias such as
// Asia/Calcutta.
function zoneOf(timezone: string): string {
  if (timezone.includes("/")) return timezone;
  return new Intl.DateTimeFormat("en", { timeZone: timezone }).resolvedOptions().timeZone;
}

function issuesOfBucket({ from, to }: Period, bucket: TimeBucket): Issue[] {
  if ((to.getTime() - from.getTime()) / BUCKET_MS[bucket] <= MAX_POINTS) return [];
  const message = `splits the period into more than ${MAX_POINTS} intervals; use a longer one`;
  return [{ path: ["bucket"], code: "OUT_OF_RANGE", message }];
}
