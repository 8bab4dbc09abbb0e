import { statement } from "../../db/database.ts";
import type { Services } from "../services.ts";

/** How long finished jobs are kept, in milliseconds since their end. */
export interface JobRetention {
  readonly completedMs: number;
  /** FAILED and CANCELLED. */
  readonly failedMs: number;
}

/** What one step of pruning did. */
export interface PruneStep {
  readonly pruned: number;
  /** The last job that was looked at; null: there are no more. */
  readonly last: string | null;
}

// By age, through the primary key: an index on finished_at would cost every job a tenth of its time,
// for something that is asked once a day.
const PRUNE = statement<
  [
    completedMs: number,
    failedMs: number,
    organizationId: string | null,
    after: string,
    limit: number,
  ],
  PruneStep
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
   attempts as (delete from job_attempts where job_id in (select id from gone))
   select (select count(*) from gone) as pruned,
     (select id from page order by id desc limit 1) as last`,
);

/** Where pruning begins. */
export const FIRST_JOB = "00000000-0000-0000-0000-000000000000";

/**
 * Looks at the next jobs by age and deletes those that were finished long enough ago, with their
 * attempts.
 *
 * @param organizationId null: of all organizations
 * @param after the last job of the step before; `FIRST_JOB` for the first one
 * @param limit jobs to look at
 */
export async function pruneJobs(
  { db }: Services,
  { completedMs, failedMs }: JobRetention,
  organizationId: string | null,
  after: string,
  limit: number,
): Promise<PruneStep> {
  const [step] = await db.run(PRUNE, completedMs, failedMs, organizationId, after, limit);
  return step ?? { pruned: 0, last: null };
}
