import type { DeliveryErrorType } from "../../channels/channel.ts";
import { type Connection, statement } from "../../db/database.ts";
import type { Services } from "../services.ts";
import { type AttemptCounts, type DeliveryPoint, type ErrorShare, sharesOf } from "./analytics.ts";

/** Maximum number of minutes that can be read; `deliveryAnalytics` reads longer periods. */
export const MAX_MINUTES = 180;

const LIMIT = 10_000;

// Writers may be updating a row, which is skipped then. Its minute is over, so that the next call finds it.
const ROLL_UP = statement<[limit: number], { count: number }>(
  "deliveries.rollUpMinutes",
  `with written as materialized (
     select organization_id, minute, writer, attempt, outcome, error_type from delivery_minutes
     where writer <> 0 and minute < now() - interval '2 minutes'
     order by minute limit $1 for update skip locked
   ),
   gone as (
     delete from delivery_minutes m using written w
     where m.organization_id = w.organization_id and m.minute = w.minute and m.writer = w.writer
       and m.attempt = w.attempt and m.outcome = w.outcome and m.error_type = w.error_type
     returning m.*
   ),
   summed as (
     insert into delivery_minutes as x (organization_id, minute, writer, attempt, outcome, error_type,
       count)
     select organization_id, minute, 0, attempt, outcome, error_type, sum(count) from gone
     group by 1, 2, 4, 5, 6 order by 1, 2, 4, 5, 6
     on conflict (organization_id, minute, writer, attempt, outcome, error_type)
       do update set count = x.count + excluded.count
   )
   select count(*) from gone`,
);

const PRUNE = statement<[limit: number], { count: number }>(
  "deliveries.pruneMinutes",
  `with gone as (
     delete from delivery_minutes where ctid = any(array(
       select ctid from delivery_minutes
       where writer = 0 and minute < now() - interval '25 hours' limit $1))
     returning 1
   )
   select count(*) from gone`,
);

/**
 * Sums up the counts of minutes that are over, and deletes those that are older than a day, in steps of 10,000
 * rows. Call it about once a minute; any number of processes may do so.
 */
export async function rollUpDeliveryMinutes({ db }: Services): Promise<void> {
  for (let count = LIMIT; count === LIMIT;) {
    count = (await db.run(ROLL_UP, LIMIT))[0]?.count ?? 0;
  }
  for (let count = LIMIT; count === LIMIT;) {
    count = (await db.run(PRUNE, LIMIT))[0]?.count ?? 0;
  }
}

/** Counts of the outcomes of one minute with the same attempt number and error type. */
interface MinuteRow {
  readonly at: Date;
  /** Whether it counts first attempts. */
  readonly first: boolean;
  /** Null: only marks a minute without outcomes. */
  readonly event: "SENT" | "FAILED" | "UNKNOWN" | "BOUNCED" | "COMPLAINED" | "SUPPRESSED" | null;
  readonly errorType: DeliveryErrorType | "";
  readonly count: number;
}

const READ = statement<[organizationId: string, minutes: number], MinuteRow>(
  "deliveries.minutes",
  `with counted as materialized (
     select minute, attempt = 1 as first, outcome, error_type, sum(count) as n from delivery_minutes
     where organization_id = $1
       and minute > date_trunc('minute', now()) - make_interval(mins => $2) group by 1, 2, 3, 4
   )
   select minute as at, first, event, error_type as "errorType", sum(n * events)::int8 as count
   from counted join outcome_effects using (outcome) where event is not null group by 1, 2, 3, 4
   union all
   select t, false, null, '', 0 from generate_series(
     date_trunc('minute', now()) - make_interval(mins => $2 - 1), now(), interval '1 minute') t`,
);

/** Results of the last minutes. */
export interface RecentDeliveries {
  /** Every minute, oldest first; the last one is not over. */
  readonly points: readonly DeliveryPoint[];
  readonly firstAttempts: AttemptCounts;
  /** Failed and unknown attempts by error type, most frequent first. */
  readonly errorTypes: readonly ErrorShare[];
}

/**
 * Reads the results of an organization's deliveries in the last minutes, without a check of access.
 *
 * @param minutes number of minutes with the current one, 1 to `MAX_MINUTES`
 */
export async function readRecentDeliveries(
  db: Connection,
  organizationId: string,
  minutes: number,
): Promise<RecentDeliveries> {
  const rows = await db.run(READ, organizationId, minutes);
  const countOf = (part: readonly MinuteRow[], ...events: MinuteRow["event"][]) =>
    part.reduce((sum, { event, count }) => events.includes(event) ? sum + count : sum, 0);
  const first = rows.filter(({ first }) => first);
  const failures = rows.filter(({ event, errorType }) =>
    (event === "FAILED" || event === "UNKNOWN") && errorType !== ""
  );
  return {
    points: [...Map.groupBy(rows, ({ at }) => at.getTime())].map(([at, part]) => ({
      at: new Date(at),
      sent: countOf(part, "SENT"),
      failed: countOf(part, "FAILED", "UNKNOWN"),
      bounced: countOf(part, "BOUNCED"),
      suppressed: countOf(part, "SUPPRESSED"),
    })).sort((a, b) => Number(a.at) - Number(b.at)),
    firstAttempts: {
      sent: countOf(first, "SENT"),
      failed: countOf(first, "FAILED", "UNKNOWN"),
    },
    errorTypes: sharesOf(
      [...Map.groupBy(failures, ({ errorType }) => errorType)].flatMap(([errorType, part]) => {
        const count = countOf(part, "FAILED", "UNKNOWN");
        return errorType === "" || count <= 0 ? [] : [{ errorType, count }];
      }),
    ),
  };
}
