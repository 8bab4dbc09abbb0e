import { type Connection, statement } from "../../db/database.ts";

const RESCHEDULE = statement<
  [organizationId: string, uniqueKey: string, runAt: Date | null],
  { id: string }
>(
  "jobs.reschedule",
  `update jobs set run_at = coalesce($3, now()), updated_at = now(),
     status = case when $3 > now() then 'SCHEDULED' else 'QUEUED' end
   where organization_id = $1 and unique_key = $2 and status in ('QUEUED', 'SCHEDULED')
   returning id`,
);

/**
 * Moves the waiting job that a unique key names. Call `wakeWorkers` after the commit.
 *
 * @param runAt null: now
 * @returns its id; null when none waits: it runs, has ended, or never was
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
