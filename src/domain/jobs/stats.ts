import { LONG, statement } from "../../db/database.ts";
import type { Services } from "../services.ts";

/** Ratio of two neighbouring histogram bounds: percentiles are exact to 10 %. */
export const DURATION_BASE = 1.2;

const KEEP = "interval '90 days'";
const KEEP_MINUTES = "interval '2 days'";
const STEP = 5_000;
const MINUTE = "extract(minute from at at time zone 'UTC')";

/**
 * Returns SQL that counts ended jobs, as a part of the statement that ends them.
 *
 * @param ended name of a query with the columns organization_id, user_id, lane, kind, status, error and
 *   started_at; unfinished jobs are not counted
 */
export function insertOutcomes(ended: string): string {
  return `insert into job_outcomes (organization_id, user_id, lane, kind, minute, outcome, duration, n)
     select organization_id, coalesce(user_id, ''), lane, kind, date_trunc('minute', now()),
       case when status = 'FAILED' and error ->> 'type' = 'TIMEOUT' then 'TIMED_OUT' else status end,
       case when status = 'CANCELLED' then 0 else
         ln(greatest(date_part('epoch', now() - started_at) * 1000, 1)) / ln(${DURATION_BASE}::float8)
       end::smallint, count(*)
     from ${ended} where status in ('COMPLETED', 'FAILED', 'CANCELLED')
     group by 1, 2, 3, 4, 5, 6, 7`;
}

/**
 * Returns SQL that adds rows to job_stats, in the order of its key, so that concurrent statements cannot deadlock.
 *
 * @param source name of a query with the columns of job_stats
 * @param at expression for their time
 */
export function addToStats(source: string, at: string): string {
  return `insert into job_stats as s (organization_id, at, lane, kind, outcome, duration, user_id, n)
     select organization_id, ${at}, lane, kind, outcome, duration, user_id, sum(n) from ${source}
     group by 1, 2, 3, 4, 5, 6, 7 order by 1, 2, 3, 4, 5, 6, 7
     on conflict (organization_id, at, lane, kind, outcome, duration, user_id)
       do update set n = s.n + excluded.n`;
}

const COMPACT = statement<[limit: number], { count: number }>(
  "jobStats.compact",
  `with taken as (
     delete from job_outcomes where ctid = any(array(
       select ctid from job_outcomes limit $1 for update skip locked))
     returning *
   ),
   added as (${addToStats("taken", "minute")})
   select count(*) from taken`,
  LONG,
);

const ROLL_UP = statement<[limit: number], { count: number }>(
  "jobStats.rollUp",
  `with taken as (
     delete from job_stats where ctid = any(array(
       select ctid from job_stats where ${MINUTE} <> 0 and at < now() - ${KEEP_MINUTES}
       order by at limit $1 for update skip locked))
     returning *
   ),
   added as (${addToStats("taken", "date_trunc('hour', at, 'UTC')")})
   select count(*) from taken`,
  LONG,
);

const PRUNE = statement<[limit: number], { count: number }>(
  "jobStats.prune",
  `with gone as (
     delete from job_stats where ctid = any(array(
       select ctid from job_stats where ${MINUTE} = 0 and at < now() - ${KEEP} order by at limit $1))
     returning at
   )
   select count(*) from gone`,
  LONG,
);

/** Adds the counts of ended jobs to the statistics by minute. Every replica calls this every 2 s. */
export function compactJobStats(services: Services): Promise<void> {
  return inSteps(services, COMPACT);
}

/** Turns statistics by minute that are older than two days into hours, and deletes those over 90 days. */
export async function pruneJobStats(services: Services): Promise<void> {
  await inSteps(services, ROLL_UP);
  await inSteps(services, PRUNE);
}

async function inSteps({ db }: Services, step: typeof COMPACT): Promise<void> {
  for (let count = STEP; count === STEP;) {
    const [row] = await db.run(step, STEP);
    count = row?.count ?? 0;
  }
}
