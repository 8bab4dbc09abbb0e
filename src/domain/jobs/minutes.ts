import { type Connection, statement } from "../../db/database.ts";
import type { Services } from "../services.ts";
import type { Lane } from "./lane.ts";

const LIMIT = 10_000;
const MAX_BUCKET = 60;

/** Number of jobs of one organization and lane that ended after attempts of about the same duration. */
export interface EndedJobs {
  readonly organizationId: string;
  readonly lane: Lane;
  /** See `bucketOf`. */
  readonly bucket: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
}

/** Returns the bucket of a duration in milliseconds; each is √2 times as long as the one before. */
export function bucketOf(ms: number): number {
  return Math.min(Math.ceil(2 * Math.log2(Math.max(ms, 1))), MAX_BUCKET);
}

/** Longest duration of a bucket, in milliseconds. */
export function longestOf(bucket: number): number {
  return 2 ** (bucket / 2);
}

const ADD = statement<[rows: string]>(
  "jobs.addMinutes",
  `insert into job_minutes as x (organization_id, minute, lane, bucket, writer, completed, failed, cancelled)
   select "organizationId", date_trunc('minute', now()), lane, bucket, pg_backend_pid(), completed,
     failed, cancelled
   from jsonb_to_recordset($1::jsonb) as r("organizationId" uuid, lane text, bucket smallint,
     completed int, failed int, cancelled int)
   on conflict (organization_id, minute, lane, bucket, writer) do update set
     completed = x.completed + excluded.completed, failed = x.failed + excluded.failed,
     cancelled = x.cancelled + excluded.cancelled`,
);

/** Adds jobs that ended to the counts of this minute. Each organization, lane and bucket may occur once. */
export async function addEndedJobs({ db }: Services, ended: readonly EndedJobs[]): Promise<void> {
  if (ended.length > 0) await db.run(ADD, JSON.stringify(ended));
}

// Writers may be updating a row, which is skipped then. Its minute is over, so that the next call finds it.
const ROLL_UP = statement<[limit: number], { count: number }>(
  "jobs.rollUpMinutes",
  `with written as materialized (
     select organization_id, minute, lane, bucket, writer from job_minutes
     where writer <> 0 and minute < now() - interval '2 minutes'
     order by minute limit $1 for update skip locked
   ),
   gone as (
     delete from job_minutes m using written w
     where m.organization_id = w.organization_id and m.minute = w.minute and m.lane = w.lane
       and m.bucket = w.bucket and m.writer = w.writer
     returning m.*
   ),
   summed as (
     insert into job_minutes as x (organization_id, minute, lane, bucket, writer, completed, failed,
       cancelled)
     select organization_id, minute, lane, bucket, 0, sum(completed), sum(failed), sum(cancelled)
     from gone group by 1, 2, 3, 4 order by 1, 2, 3, 4
     on conflict (organization_id, minute, lane, bucket, writer) do update set
       completed = x.completed + excluded.completed, failed = x.failed + excluded.failed,
       cancelled = x.cancelled + excluded.cancelled
   )
   select count(*) from gone`,
);

const PRUNE = statement<[limit: number], { count: number }>(
  "jobs.pruneMinutes",
  `with gone as (
     delete from job_minutes where ctid = any(array(
       select ctid from job_minutes
       where writer = 0 and minute < now() - interval '25 hours' limit $1))
     returning 1
   )
   select count(*) from gone`,
);

/**
 * Sums up the counts of minutes that are over, and deletes those that are older than a day, in steps of 10,000
 * rows. Call it about once a minute; any number of processes may do so.
 */
export async function rollUpJobMinutes({ db }: Services): Promise<void> {
  for (let count = LIMIT; count === LIMIT;) {
    count = (await db.run(ROLL_UP, LIMIT))[0]?.count ?? 0;
  }
  for (let count = LIMIT; count === LIMIT;) {
    count = (await db.run(PRUNE, LIMIT))[0]?.count ?? 0;
  }
}

/** Jobs of one lane that ended in the last hour. */
export interface RecentJobs {
  readonly lane: Lane;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Number of jobs that ended per minute, over the current minute and the 4 before. */
  readonly perMinute: number;
  /** Duration in milliseconds that 95 % of the attempts did not exceed, at most 41 % too high. */
  readonly p95Ms: number;
}

// The sums of all buckets up to one, so that the first bucket with 95 % is the quantile.
const RECENT = statement<[organizationId: string], Omit<RecentJobs, "p95Ms"> & { bucket: number }>(
  "jobs.recentMinutes",
  `with recent as (select date_trunc('minute', now()) - interval '4 minutes' as since),
   counted as materialized (
     select lane, bucket, sum(completed) as completed, sum(failed) as failed,
       sum(cancelled) as cancelled,
       sum(completed + failed + cancelled) filter (where minute >= r.since) as recent
     from job_minutes, recent r where organization_id = $1 and minute > now() - interval '1 hour'
     group by 1, 2
   ),
   ranked as (
     select *, sum(completed + failed + cancelled) over (partition by lane order by bucket) as upto,
       sum(completed + failed + cancelled) over (partition by lane) as total
     from counted
   )
   select lane, sum(completed)::int8 as completed, sum(failed)::int8 as failed,
     sum(cancelled)::int8 as cancelled, coalesce(sum(recent), 0)::float8 * 60
       / (select extract(epoch from now() - since)::float8 from recent) as "perMinute",
     min(bucket) filter (where upto >= 0.95 * total) as bucket
   from ranked group by 1`,
);

/** Reads the jobs of an organization that ended in the last hour, by lane; a lane without any is absent. */
export async function readRecentJobs(
  db: Connection,
  organizationId: string,
): Promise<RecentJobs[]> {
  const rows = await db.run(RECENT, organizationId);
  return rows.map(({ bucket, ...row }) => ({ ...row, p95Ms: longestOf(bucket) }));
}
