import { type Connection, statement } from "../../db/database.ts";
import { insertEvents } from "./events.ts";

const PARK = statement<[jobId: string, fence: number, until: Date | null], { id: string }>(
  "jobs.park",
  `with parked as (
     update jobs set status = 'SCHEDULED', run_at = coalesce($3::timestamptz, 'infinity'),
       attempt = attempt - 1, fence = null, crashes = 0, updated_at = now()
     where id = $1 and fence = $2 and not cancel_requested
     returning id, worker_id
   ),
   events as (${
    insertEvents(
      `select id, case when $3 is null then 'PARKED' else 'PUT_OFF' end, '', worker_id, $3
     from parked`,
    )
  })
   select id from parked`,
);

const WAKE = statement<[subject: string], { id: string }>(
  "jobs.wakeParked",
  `update jobs set status = 'QUEUED', run_at = now(), updated_at = now()
   where subject = $1 and status = 'SCHEDULED' and run_at = 'infinity'
   returning id`,
);

const WAKE_ALL = statement<[subject: string], { id: string }>(
  "jobs.wakeScheduled",
  `update jobs set status = 'QUEUED', run_at = now(), wait_reason = null, wait_provider_id = null,
     updated_at = now()
   where subject = $1 and status = 'SCHEDULED'
   returning id`,
);

/**
 * Parks a claimed job. Call it in a transaction that has locked the row that the job waits for, so that
 * `wakeParked` runs either before the lock or after the commit.
 *
 * @param until null: until `wakeParked`
 * @returns false if the claim has ended, or the job is to be cancelled
 */
export async function parkClaimed(
  tx: Connection,
  jobId: string,
  fence: number,
  until: Date | null = null,
): Promise<boolean> {
  return (await tx.run(PARK, jobId, fence, until)).length > 0;
}

/**
 * Requeues the parked jobs of a subject. Call `wakeWorkers` after the commit.
 *
 * @param subject TypeID
 */
export async function wakeParked(tx: Connection, subject: string): Promise<void> {
  await tx.run(WAKE, subject);
}

/**
 * Requeues all jobs of a subject that are parked or due later. Call `wakeWorkers` after the commit.
 *
 * @param subject TypeID
 */
export async function wakeScheduled(tx: Connection, subject: string): Promise<void> {
  await tx.run(WAKE_ALL, subject);
}
