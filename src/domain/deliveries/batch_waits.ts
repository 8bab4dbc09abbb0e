import { type Connection, statement } from "../../db/database.ts";
import { readJobWaits } from "../jobs/read_waits.ts";
import type { WaitingFor, WaitingReason } from "../waiting.ts";
import { readDeliveryWaits } from "./read_waits.ts";

// The offsets force index lookups: a join could read a whole message.
const SOONEST = statement<[jobIds: string[]], { jobId: string; deliveryId: string }>(
  "deliveries.soonest",
  `select j.id as "jobId", s.id as "deliveryId"
   from jobs j
     cross join lateral (
       select * from batches where id = (j.payload ->> 'batchId')::uuid offset 0) b
     cross join lateral (
       select d.id
       from unnest(coalesce(b.picked, array(select generate_series(b.lo, b.hi)))) p(picked),
         lateral (select * from deliveries where message_id = b.message_id and n = picked offset 0) d
       where d.status = 'PENDING' and d.batch_number = b.number and d.not_before > now()
       order by d.not_before, d.n limit 1
     ) s
   where j.id = any($1) and j.kind = 'SEND_BATCH'`,
);

// The job of a new round that starts later has given no reason.
const MAY_BACK_OFF: ReadonlySet<WaitingReason> = new Set(["BACKOFF", "NOT_DUE"]);

/**
 * Explains why jobs wait, without a check of access. A job whose batch waits for further attempts has the
 * explanation of the delivery that is due first, because that names the reply of the provider.
 *
 * @returns the explanations by id; without the jobs that run or have finished
 */
export async function readBatchWaits(
  db: Connection,
  jobIds: readonly string[],
): Promise<Map<string, WaitingFor>> {
  const waits = await readJobWaits(db, jobIds);
  const backedOff = [...waits].flatMap(([id, { reason }]) => MAY_BACK_OFF.has(reason) ? id : []);
  if (backedOff.length === 0) return waits;
  const soonest = await db.run(SOONEST, backedOff);
  const ofDeliveries = await readDeliveryWaits(db, soonest.map(({ deliveryId }) => deliveryId));
  for (const { jobId, deliveryId } of soonest) {
    const wait = ofDeliveries.get(deliveryId);
    if (wait) waits.set(jobId, wait);
  }
  return waits;
}
