import { type Connection, statement } from "../../db/database.ts";
import type { Lane } from "./lane.ts";
import { DURATION_BASE } from "./stats.ts";

/** Jobs of one lane that ended in the last hour. */
export interface RecentJobs {
  readonly lane: Lane;
  readonly completed: number;
  readonly cancelled: number;
  /** Number of jobs that became COMPLETED or FAILED per minute, over the current minute and the 4 before. */
  readonly perMinute: number;
  /**
   * Duration in milliseconds that 95 % of the last attempts of COMPLETED and FAILED jobs did not exceed, exact to
   * 10 %; null: there are none.
   */
  readonly p95Ms: number | null;
}

// The sums of all durations up to one, so that the first duration with 95 % is the quantile. Without the jobs of the
// last seconds, which are in job_outcomes.
const RECENT = statement<
  [organizationId: string],
  Omit<RecentJobs, "p95Ms"> & { readonly duration: number | null }
>(
  "jobStats.recent",
  `with recent as (select date_trunc('minute', now()) - interval '4 minutes' as since),
   counted as materialized (
     select lane, duration, sum(n) filter (where outcome = 'COMPLETED') as completed,
       sum(n) filter (where outcome = 'CANCELLED') as cancelled,
       coalesce(sum(n) filter (where outcome <> 'CANCELLED'), 0) as ran,
       sum(n) filter (where outcome <> 'CANCELLED' and at >= r.since) as recent
     from job_stats, recent r where organization_id = $1 and at > now() - interval '1 hour'
     group by 1, 2
   ),
   ranked as (
     select *, sum(ran) over (partition by lane order by duration) as upto,
       sum(ran) over (partition by lane) as total
     from counted
   )
   select lane, coalesce(sum(completed), 0)::int8 as completed,
     coalesce(sum(cancelled), 0)::int8 as cancelled, coalesce(sum(recent), 0)::float8 * 60
       / (select extract(epoch from now() - since)::float8 from recent) as "perMinute",
     min(duration) filter (where ran > 0 and upto >= 0.95 * total) as duration
   from ranked group by 1`,
);

/** Reads the jobs of an organization that ended in the last hour, by lane; a lane without any is absent. */
export async function readRecentJobs(
  db: Connection,
  organizationId: string,
): Promise<RecentJobs[]> {
  const rows = await db.run(RECENT, organizationId);
  return rows.map(({ duration, ...row }) => ({
    ...row,
    p95Ms: duration === null ? null : Math.round(DURATION_BASE ** duration),
  }));
}
