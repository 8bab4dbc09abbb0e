import { LONG, statement } from "../../db/database.ts";
import { eraseBy, type Eraser } from "../eraser.ts";
import type { Services } from "../services.ts";
import type { JobKindName } from "./kinds.ts";

// Only their payload names the rows that are still to be deleted, so that these jobs must run to their end.
const NEVER_CANCELLED: readonly JobKindName[] = ["REMOVE_RECIPIENTS"];
const KEPT = NEVER_CANCELLED.map((kind) => `'${kind}'`).join(", ");
const MAY_ERASE = `status in ('COMPLETED', 'FAILED', 'CANCELLED')
  or status <> 'PROCESSING' and kind not in (${KEPT})`;

/** Erases jobs and their attempts, except running ones. */
export const jobsEraser: Eraser = {
  tables: ["jobs", "job_attempts", "job_events"],
  count: statement(
    "jobs.countAll",
    "select count(*) as count from jobs where organization_id = $1",
    LONG,
  ),
  erase: eraseBy(statement(
    "jobs.erase",
    `with page as materialized (
       select id from jobs where organization_id = $1 and id > $2 order by id limit $3
     ),
     gone as (
       delete from jobs where id = any(array(select id from page)) and (${MAY_ERASE}) returning id
     ),
     attempts as (delete from job_attempts where job_id = any(array(select id from gone))),
     events as (delete from job_events where job_id = any(array(select id from gone)))
     select (select count(*) from gone) as erased,
       (select id from page order by id desc limit 1) as last`,
    LONG,
  )),
};

/** Erases the counters of ended jobs. */
export const jobStatsEraser: Eraser = {
  tables: ["job_stats", "job_outcomes"],
  erase: eraseBy(statement(
    "jobStats.erase",
    `with outcomes as (delete from job_outcomes where organization_id = $1),
     stats as (
       delete from job_stats where ctid = any(array(
         select ctid from job_stats where organization_id = $1 limit $3))
       returning at
     )
     select count(*) as erased, case when count(*) = $3 then $2::uuid end as last from stats`,
    LONG,
  )),
};

const CANCEL_RUNNING = statement<[organizationId: string], { id: string }>(
  "jobs.cancelRunning",
  `with unfinished as materialized (
     select id, status, kind from jobs
     where organization_id = $1 and status in ('QUEUED', 'SCHEDULED', 'PROCESSING')
       and (status = 'PROCESSING' or kind in (${KEPT}))
     order by id for no key update
   ),
   cancelled as (
     update jobs set cancel_requested = true, updated_at = now()
     where not cancel_requested and id = any(array(
       select id from unfinished where status = 'PROCESSING' and kind not in (${KEPT})))
   )
   select id from unfinished`,
  LONG,
);

/**
 * Cancels the running jobs of an organization.
 *
 * @returns number of the jobs that must end before they are erased
 */
export async function cancelRunning(
  { db, bus }: Services,
  organizationId: string,
): Promise<number> {
  const jobs = await db.run(CANCEL_RUNNING, organizationId);
  bus.publish("cancel", organizationId, jobs.map(({ id }) => id));
  return jobs.length;
}
