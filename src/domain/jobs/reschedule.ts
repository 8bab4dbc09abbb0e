import { type Connection, statement } from "../../db/database.ts";

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
