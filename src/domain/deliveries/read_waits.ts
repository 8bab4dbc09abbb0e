import { type Connection, statement } from "../../db/database.ts";
import { NOT_HELD } from "../hold.ts";
import { readJobWaits } from "../jobs/read_waits.ts";
import { JOIN_PAUSE_PROVIDER, MAX_POSITION, PAUSE_COLUMNS, type WaitingFor } from "../waiting.ts";
import { type DeliveryWaitFacts, explainDeliveryWait } from "./waiting.ts";

interface PendingDelivery extends DeliveryWaitFacts {
  readonly id: string;
}

// SENDING and CANCELLED deliveries are PENDING in the table. The batches whose job runs are read once, up to
// 100 deliveries each. The offsets force index lookups: a join could read a whole message.
const PENDING = statement<[ids: string[], maxPosition: number], PendingDelivery>(
  "deliveries.waiting",
  `with asked as materialized (
     select d.id, d.organization_id, d.message_id, d.n, d.batch_number, d.attempt, d.deferrals,
       d.not_before, d.error_code, d.error_message, d.provider, m.channel, m.planned_count, m.send_at,
       b.id as batch_id, b.job_id, b.win, coalesce(b.picked, array(select generate_series(b.lo, b.hi))) as positions,
       ${PAUSE_COLUMNS}
     from deliveries d
       join lateral (select * from messages where id = d.message_id offset 0) m on true
       left join lateral (
         select * from batches where message_id = d.message_id and number = d.batch_number offset 0
       ) b on true
       ${JOIN_PAUSE_PROVIDER}
     where d.id = any($1) and d.status = 'PENDING' and m.status <> 'CANCELLED'
       and (d.n = any(b.win)) is not true
   ),
   working as materialized (
     select a.id, j.id as job_id, j.status = 'PROCESSING' as running
     from asked a, lateral (
       select id, status from jobs
       where id = a.job_id and status in ('QUEUED', 'SCHEDULED', 'PROCESSING')
       union all
       select id, status from jobs
       where a.batch_id is null and organization_id = a.organization_id
         and unique_key = 'plan ' || a.message_id
         and status in ('QUEUED', 'SCHEDULED', 'PROCESSING')
     ) j
   ),
   placed as materialized (
     select q.id, q.position
     from (
       select distinct on (a.job_id) a.message_id, a.batch_number, a.positions, a.win
       from asked a join working w on w.id = a.id and w.job_id = a.job_id and w.running
     ) b, lateral (
       select d.id, row_number() over (order by d.n) - 1 as position
       from unnest(b.positions) p(picked), lateral (
         select * from deliveries where message_id = b.message_id and n = picked offset 0) d
       where d.status = 'PENDING' and d.batch_number = b.batch_number
         and (d.n = any(b.win)) is not true and (d.not_before > now()) is not true
     ) q
   )
   select a.id, now() as now, not ${NOT_HELD} as held, a."pausedAt", a."pauseReason", a."pauseCode", a."pauseProviderId",
     a."pauseProvider", case when a.send_at > now() then a.send_at end as "sendAt",
     case when a.not_before > now() then a.not_before end as "notBefore", a.attempt, a.deferrals,
     a.error_code as "errorCode", a.error_message as "errorMessage", a.provider,
     p.id as "providerId", w.job_id as "jobId", coalesce(w.running, false) as running,
     a.batch_id is not null as "inBatch",
     case when a.batch_id is not null then q.position
       when a.n - a.planned_count - 1 <= $2 then greatest(0, a.n - a.planned_count - 1)
     end as position
   from asked a
     left join working w on w.id = a.id
     left join placed q on q.id = a.id
     left join providers p on p.channel = a.channel and p.name = a.provider`,
);

/**
 * Explains why deliveries wait, without a check of access.
 *
 * @returns the explanations by id; without the deliveries that are being sent or have ended
 */
export async function readDeliveryWaits(
  db: Connection,
  ids: readonly string[],
): Promise<Map<string, WaitingFor>> {
  if (ids.length === 0) return new Map();
  const pending = await db.run(PENDING, [...ids], MAX_POSITION);
  const jobIds = new Set(pending.filter(waitsForJob).flatMap(({ jobId }) => jobId ?? []));
  const jobWaits = await readJobWaits(db, [...jobIds]);
  const waits = new Map<string, WaitingFor>();
  for (const delivery of pending) {
    const wait = explainDeliveryWait(delivery, jobWaits.get(delivery.jobId ?? "") ?? null);
    if (wait) waits.set(delivery.id, wait);
  }
  return waits;
}

function waitsForJob({ pausedAt, sendAt, notBefore, running }: DeliveryWaitFacts): boolean {
  return !pausedAt && !sendAt && !notBefore && !running;
}
