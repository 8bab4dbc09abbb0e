import { LONG, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { inBuckets, type Period, type TimeBucket } from "../period.ts";
import type { Services } from "../services.ts";
import { isJobKind, type JobKindName } from "./kinds.ts";
import { DURATION_BASE } from "./stats.ts";

/** Results of the jobs of one kind that ended in a period. */
export interface JobKindStats {
  readonly kind: JobKindName;
  readonly completed: number;
  /** Number of FAILED jobs, those that timed out included. */
  readonly failed: number;
  readonly timedOut: number;
  /** Median of the duration of the last attempts, in milliseconds. */
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** Numbers of jobs that ended in one interval of a series. */
export interface JobPoint {
  /** Start of the interval. */
  readonly at: Date;
  readonly completed: number;
  readonly failed: number;
}

type Scope = [organizationId: string, all: boolean, userId: string | null, from: Date, to: Date];

interface Group {
  readonly kind: string;
  readonly outcome: "COMPLETED" | "FAILED" | "TIMED_OUT";
  /** Logarithm of the duration to `DURATION_BASE`. */
  readonly duration: number;
  readonly count: number;
}

// job_outcomes has the jobs of the last few seconds.
const ENDED = `select at, kind, outcome, duration, n from (
    select organization_id, user_id, at, kind, outcome, duration, n from job_stats
    union all
    select organization_id, user_id, minute, kind, outcome, duration, n from job_outcomes
  ) e
  where organization_id = $1 and ($2 or user_id = nullif($3, '')) and outcome <> 'CANCELLED'
    and at >= date_trunc('minute', $4::timestamptz) and at < $5`;

const BY_KIND = statement<Scope, Group>(
  "jobAnalytics.byKind",
  `select kind, outcome, duration, sum(n)::int8 as count from (${ENDED}) e
   group by 1, 2, 3 order by 1, 3`,
  LONG,
);

const SERIES = statement<[...Scope, unit: string, zone: string], JobPoint>(
  "jobAnalytics.series",
  `with counted as materialized (
     select date_trunc($6, at, $7) as at, outcome = 'COMPLETED' as completed, sum(n) as n
     from (${ENDED}) e group by 1, 2
   )
   select at, coalesce(sum(n) filter (where completed), 0)::int8 as completed,
     coalesce(sum(n) filter (where not completed), 0)::int8 as failed
   from (
     select at, completed, n from counted
     union all
     select date_trunc($6, t, $7), null::boolean, 0
     from generate_series(date_trunc($6, $4::timestamptz, $7), $5::timestamptz,
       case $6 when 'minute' then interval '1 minute' else interval '1 hour' end) t
     where t < $5
   ) points group by 1 order by 1`,
  LONG,
);

/**
 * Reads the results of the jobs that the caller may see and that ended in a period, by kind. Reads the
 * statistics, never the jobs.
 *
 * @returns one row per kind, most jobs first; percentiles are exact to 10 %
 */
export async function readJobStats(
  { db }: Services,
  caller: Caller,
  period: Period,
): Promise<JobKindStats[]> {
  const groups = await db.run(BY_KIND, ...scopeOf(caller, period));
  return [...Map.groupBy(groups, ({ kind }) => kind)]
    .flatMap(([kind, part]) => isJobKind(kind) ? [statsOf(kind, part)] : [])
    .sort((a, b) => b.completed + b.failed - a.completed - a.failed);
}

/**
 * Counts the jobs that the caller may see by the interval in which they ended.
 *
 * @param timezone IANA name of the time zone in which hours and days begin
 * @returns every interval of the period, oldest first, including empty ones
 * @throws {InvalidInputError} for an unknown time zone, and for more than 2,000 intervals
 */
export function readJobSeries(
  { db }: Services,
  caller: Caller,
  period: Period,
  bucket: TimeBucket,
  timezone: string,
): Promise<JobPoint[]> {
  const scope = scopeOf(caller, period);
  return inBuckets(period, bucket, timezone, (unit, zone) => db.run(SERIES, ...scope, unit, zone));
}

function scopeOf({ organizationId, role, userId }: Caller, { from, to }: Period): Scope {
  return [organizationId, role !== "MEMBER", userId, from, to];
}

/** Pure: sums the groups of one kind, which are in the order of their durations. */
function statsOf(kind: JobKindName, groups: readonly Group[]): JobKindStats {
  const countOf = (outcome?: Group["outcome"]) =>
    groups.reduce(
      (sum, group) => sum + (!outcome || group.outcome === outcome ? group.count : 0),
      0,
    );
  const timedOut = countOf("TIMED_OUT");
  const percentile = (fraction: number) => {
    let left = countOf() * fraction;
    const group = groups.find(({ count }) => (left -= count) <= 0);
    return Math.round(DURATION_BASE ** (group?.duration ?? 0));
  };
  return {
    kind,
    completed: countOf("COMPLETED"),
    failed: countOf("FAILED") + timedOut,
    timedOut,
    p50Ms: percentile(0.5),
    p95Ms: percentile(0.95),
  };
}
