import { type Connection, statement } from "../../db/database.ts";
import type { Lane } from "./lane.ts";

const RESCHEDULE = statement<
  [organizationId: string, uniqueKey: string, runAt: Date | null],
  { id: string }
>(
  "jobs.reschedule",
  `update jobs set run_at = coalesce($3, now()), updated_at = now(),
     wait_reason = null, wait_provider_id = null,
     status = case when $3 > now() then 'SCHEDULED' else 'QUEUED' end
   where organization_id = $1 and unique_key = $2 and status in ('QUEUED', 'SCHEDULED')
   returning id`,
);

/**
 * Changes the start time of the waiting job with a unique key. Call `wakeWorkers` after the commit.
 *
 * @param runAt null: now
 * @returns id of the job; null if no job with the key waits
 */
export async function rescheduleJob(
  tx: Connection,
  organizationId: string,
  uniqueKey: string,
  runAt: Date | null,
): Promise<string | null> {
  const [job] = await tx.run(RESCHEDULE, organizationId, uniqueKey, runAt);
  return job?.id ?? null;
}

const START_WAITING = statement<[ids: string[]], { id: string; lane: Lane }>(
  "jobs.startWaiting",
  `update jobs set updated_at = now(), wait_reason = null, wait_provider_id = null,
     status = case when run_at = 'infinity' then status else 'QUEUED' end,
     run_at = case when run_at = 'infinity' then run_at else least(run_at, now()) end
   where id = any($1) and status in ('QUEUED', 'SCHEDULED')
   returning id, lane`,
);

/**
 * Requeues jobs that are due later; parked ones stay parked. Call `wakeWorkers` after the commit.
 *
 * @returns the jobs that do not run at the moment
 */
export function startWaitingJobs(
  db: Connection,
  ids: readonly string[],
): Promise<{ id: string; lane: Lane }[]> {
  return db.run(START_WAITING, [...ids]);
}
