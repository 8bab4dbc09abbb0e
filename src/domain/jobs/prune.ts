import { LONG, statement } from "../../db/database.ts";
import type { Services } from "../services.ts";

/** Retention of finished jobs, in milliseconds since their end. */
export interface JobRetention {
  readonly completedMs: number;
  /** For FAILED and CANCELLED jobs. */
  readonly failedMs: number;
}

/** Result of pruning one chunk. */
export interface PrunedJobChunk {
  /** Number of jobs deleted. */
  readonly pruned: number;
  /** Id of the last job examined; null: there are no more. */
  readonly last: string | null;
}

// Scans the primary key, because an index on finished_at would slow down every job by a tenth for a
// query that runs once a day.
const PRUNE = statement<
  [
    completedMs: number,
    failedMs: number,
    organizationId: string | null,
    after: string,
    limit: number,
  ],
  PrunedJobChunk
>(
  "jobs.prune",
  `with page as materialized (
     select id from jobs
     where id > $4 and ($3::uuid is null or organization_id = $3)
     order by id limit $5
   ),
   gone as (
     delete from jobs
     where id = any(array(select id from page))
       and finished_at < now() - case status when 'COMPLETED' then $1::float8 else $2::float8 end
         * interval '1 millisecond'
     returning id
   ),
   attempts as (delete from job_attempts where job_id in (select id from gone)),
   events as (delete from job_events where job_id in (select id from gone))
   select (select count(*) from gone) as pruned,
     (select id from page order by id desc limit 1) as last`,
  LONG,
);

/** Value of `after` for the first chunk. */
export const FIRST_JOB = "00000000-0000-0000-0000-000000000000";

/**
 * Examines the next chunk of jobs by age and deletes those whose retention is over, with their attempts.
 *
 * @param organizationId null: all organizations
 * @param after `last` of the previous chunk; `FIRST_JOB` for the first one
 * @param limit number of jobs to examine
 */
export async function pruneJobs(
  { db }: Services,
  { completedMs, failedMs }: JobRetention,
  organizationId: string | null,
  after: string,
  limit: number,
): Promise<PrunedJobChunk> {
  const [chunk] = await db.run(PRUNE, completedMs, failedMs, organizationId, after, limit);
  return chunk ?? { pruned: 0, last: null };
}
