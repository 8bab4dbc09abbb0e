import { statement } from "../../db/database.ts";
import type { Services } from "../services.ts";

/** How long finished jobs are kept, in milliseconds since their end. */
export interface JobRetention {
  readonly completedMs: number;
  /** FAILED and CANCELLED. */
  readonly failedMs: number;
}

const PRUNE = statement<
  [completedMs: number, failedMs: number, organizationId: string | null, limit: number],
  { id: string }
>(
  "jobs.prune",
  `with gone as (
     delete from jobs where id = any(array(
       select id from jobs
       where finished_at < now() - least($1::float8, $2::float8) * interval '1 millisecond'
         and finished_at < now() - case status when 'COMPLETED' then $1::float8 else $2::float8 end
           * interval '1 millisecond'
         and ($3::uuid is null or organization_id = $3)
       order by finished_at limit $4 for update skip locked))
     returning id
   ),
   attempts as (delete from job_attempts where job_id in (select id from gone))
   select id from gone`,
);

/**
 * Deletes one step's worth of finished jobs with their attempts.
 *
 * @param organizationId null: of all organizations
 * @param limit jobs at most
 * @returns how many went; fewer than `limit`: there are no more
 */
export async function pruneJobs(
  { db }: Services,
  retention: JobRetention,
  organizationId: string | null,
  limit: number,
): Promise<number> {
  const { completedMs, failedMs } = retention;
  return (await db.run(PRUNE, completedMs, failedMs, organizationId, limit)).length;
}
