import { statement } from "../../db/database.ts";
import type { Services } from "../services.ts";
import { countOutcomes } from "./counters.ts";
import { appendDeliveryEvents } from "./outbox_events.ts";
import { INTERRUPTED_MESSAGE, type TakenBatch } from "./take.ts";

const ABANDONED = statement<[limit: number], { id: string }>(
  "batches.abandoned",
  `select b.id from batches b join jobs j on j.id = b.job_id
   where b.finished_at is null and j.status in ('FAILED', 'CANCELLED') limit $1`,
);

const CLOSE = statement<[batchId: string], { organizationId: string; messageId: string }>(
  "batches.close",
  `with own as materialized (
     select j.id, j.status, j.error, j.fingerprint from batches b join jobs j on j.id = b.job_id
     where b.id = $1 and j.status in ('FAILED', 'CANCELLED') for no key update of j
   ),
   before as (
     select b.id, b.win from batches b where b.id = $1 and b.finished_at is null
       and exists (select from own) for update
   ),
   b as (
     update batches b set step = b.step + 1, win = null, finished_at = now()
     from before, own, messages m
     where b.id = before.id and m.id = b.message_id
     returning b.id, b.organization_id, b.message_id, b.number,
       coalesce(b.picked, array(select generate_series(b.lo, b.hi))) as positions,
       coalesce(before.win, '{}') as win, m.status as message_status, m.channel, own.error, own.fingerprint,
       own.status as job_status
   ),
   d as (
     update deliveries d set
       status = case when d.n = any(b.win) then 'UNKNOWN' else 'FAILED' end,
       attempt = d.attempt + 1, tries = d.tries + 1,
       error_type = case when b.error ->> 'type' in ('ACCESS_TOKEN', 'RATE_LIMIT', 'NETWORK',
         'PERMISSION') and d.n <> all(b.win) then b.error ->> 'type' else 'OTHER' end,
       error_code = case when d.n = any(b.win) then 'INTERRUPTED' else 'BATCH_' || b.job_status end,
       error_message = case when d.n = any(b.win)
         then '${INTERRUPTED_MESSAGE}'
         else coalesce(b.error ->> 'message', 'The batch was cancelled before the delivery was sent') end,
       -- Not reported as a problem again: the failure of the job was.
       fingerprint = b.fingerprint, retryable = d.n <> all(b.win),
       last_attempt_at = now(), updated_at = now(),
       failed_at = case when d.n <> all(b.win) then now() end
     from b
     -- A PENDING delivery of a cancelled message already counts as CANCELLED, unless it was in flight.
     where d.message_id = b.message_id and d.status = 'PENDING' and d.batch_number = b.number
       and d.n = any(b.positions)
       and (b.message_status <> 'CANCELLED' or d.n = any(b.win))
     returning d.organization_id, d.id, d.attempt, d.tries, d.status, d.error_type, d.error_code,
       d.error_message, d.retryable, d.address, d.provider, b.message_id, b.channel
   ),
   events as (${appendDeliveryEvents("select * from d")}),
   a as (
     insert into delivery_attempts (organization_id, delivery_id, tries, attempt, started_at,
       finished_at, outcome, error_type, error_code, error_message)
     select organization_id, id, tries, attempt, now(), now(), status, error_type, error_code,
       error_message
     from d
   ),
   ${
    countOutcomes(`
       select b.organization_id, b.message_id, b.id as batch_id, now() as at, d.attempt,
         d.status as outcome, d.error_type, d.retryable
       from d, b`)
  }
   select organization_id as "organizationId", message_id as "messageId" from b`,
);

const HAS_ABANDONED = statement<
  [messageId: string, batchNumber: number, positions: number[]],
  { n: number }
>(
  "deliveries.hasAbandoned",
  `select n from deliveries
   where message_id = $1 and n = any($3) and batch_number = $2 and status = 'FAILED'
     and error_code in ('BATCH_FAILED', 'BATCH_CANCELLED')
   limit 1`,
);

const SWEEP_LIMIT = 1_000;

/**
 * Ends the batches whose job has failed or was cancelled. Deliveries in flight become UNKNOWN, PENDING
 * ones FAILED with the job's error. The caller must finish messages without unfinished batches.
 */
export async function closeAbandonedBatches({ db, bus }: Services): Promise<void> {
  for (const { id } of await db.run(ABANDONED, SWEEP_LIMIT)) {
    for (const { organizationId, messageId } of await db.run(CLOSE, id)) {
      bus.publish("messages", organizationId, [messageId]);
      bus.publish("deliveries", organizationId, null);
    }
  }
}

/** Whether `closeAbandonedBatches` ended a batch while it had PENDING deliveries. */
export async function wasAbandoned({ db }: Services, batch: TakenBatch): Promise<boolean> {
  return (await db.run(HAS_ABANDONED, batch.messageId, batch.number, batch.positions)).length > 0;
}
