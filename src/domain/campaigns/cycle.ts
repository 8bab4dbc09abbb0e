import { LONG, statement } from "../../db/database.ts";
import { BATCH_SIZE } from "../deliveries/batches.ts";
import { assignToBatches, insertBatchesFrom } from "../deliveries/create.ts";
import { toTypeId } from "../id.ts";
import { insertJobsFrom, wakeWorkers } from "../jobs/enqueue.ts";
import { JOB_KINDS } from "../jobs/kinds.ts";
import type { Lane } from "../jobs/lane.ts";
import { advanceMessages, appendStarts } from "../messages/open.ts";
import { lockMessages } from "../messages/rounds.ts";
import type { Services } from "../services.ts";

/** Mails of one campaign that were queued. */
export interface QueuedMails {
  readonly organizationId: string;
  readonly messageId: string;
  /** Name of the campaign. */
  readonly title: string;
  readonly type: string;
  readonly count: number;
  readonly batchCount: number;
}

// One campaign per type: the one that has been due longest. Reads only the open messages, which are
// few.
const DUE = statement<[organizationId: string | null], { id: string }>(
  "campaigns.due",
  `select distinct on (organization_id, type) id from messages
   where open and send_at <= now() and status in ('SCHEDULED', 'SENDING')
     and planned_count < recipient_count and ($1::uuid is null or organization_id = $1)
   order by organization_id, type, send_at, id`,
);

// Variables are read here, when the mail is due, and not when the contact was enrolled.
const CUT = statement<
  [ids: string[], subjects: string[], limit: number],
  QueuedMails & { lane: Lane }
>(
  "campaigns.cut",
  `with due as materialized (
     select m.id, u.job_subject as subject, organization_id, user_id, lane, type, title, priority,
       campaign_id, recipient_count, planned_count, last_batch,
       least(recipient_count, planned_count + $3) as planned
     from unnest($1::uuid[], $2::text[]) as u(id, job_subject) join messages m on m.id = u.id
     where m.id = any($1) and open and send_at <= now() and status in ('SCHEDULED', 'SENDING')
       and planned_count < recipient_count
   ),
   pieces as materialized (
     select due.id as message_id, organization_id, user_id, lane, type, priority, subject, campaign_id,
       uuid_v7() as id, uuid_v7() as job_id, last_batch + k as number,
       planned_count + ${BATCH_SIZE} * (k - 1) + 1 as lo,
       least(planned, planned_count + ${BATCH_SIZE} * k) as hi
     from due, generate_series(1, (planned - planned_count + ${BATCH_SIZE} - 1) / ${BATCH_SIZE}) k
   ),
   placed as materialized (
     select d.id, p.number, k.name, k.variables
     from pieces p
       cross join lateral (
         select id, n from deliveries
         where message_id = p.message_id and n between p.lo and p.hi offset 0) d
       left join lateral (
         select contact_id from enrolments
         where campaign_id = p.campaign_id and n is not null and n = d.n offset 0) e on true
       left join lateral (
         select name, variables from contacts
         where id = e.contact_id and erasing_since is null offset 0) k on true
   ),
   d as (${assignToBatches("placed")}),
   b as (${insertBatchesFrom("pieces")}),
   j as (${
    insertJobsFrom(
      `(select job_id as id, organization_id, user_id, 'SEND_BATCH' as kind, lane, type as topic, priority,
          null::timestamptz as run_at, ${JOB_KINDS.SEND_BATCH.maxAttempts}::smallint as max_attempts,
          null as unique_key, subject, jsonb_build_object('batchId', id) as payload, hi - lo + 1 as size
        from pieces) r`,
    )
  }),
   cut as materialized (
     select message_id as id, max(hi) as planned, max(number) as last_batch,
       sum(hi - lo + 1)::int as count, count(*)::int as batches
     from pieces group by 1
   ),
   m as (${advanceMessages("cut")}),
   begun as (
     select m.id, due.recipient_count as count from m join due on due.id = m.id
   ),
   events as (${appendStarts("begun")})
   select due.organization_id as "organizationId", due.type, due.title, cut.count, cut.batches as "batchCount",
     due.id as "messageId", due.lane
   from cut join due on due.id = cut.id join m on m.id = due.id`,
  LONG,
);

/**
 * Queues due mails in batches of up to 100: up to `limit` mails per organization and type. Any number of processes may
 * call it at the same time, because it locks the messages. Call it until it returns no mails.
 *
 * @param organizationId null for all organizations
 * @param limit maximum number of mails per type
 */
export async function queueDue(
  services: Services,
  organizationId: string | null,
  limit: number,
): Promise<QueuedMails[]> {
  const { db, bus } = services;
  const due = await db.run(DUE, organizationId);
  if (due.length === 0) return [];
  const ids = due.map(({ id }) => id);
  const queued = await db.transaction(async (tx) => {
    // In a statement of its own, so that the next one sees the messages as they are under the lock.
    await lockMessages(tx, ids);
    return await tx.run(CUT, ids, ids.map((id) => toTypeId("message", id)), limit);
  });
  wakeWorkers(services, queued.map(({ lane }) => lane));
  for (const [id, ofOrganization] of Map.groupBy(queued, (mails) => mails.organizationId)) {
    bus.publish("messages", id, ofOrganization.map(({ messageId }) => messageId));
    bus.publish("deliveries", id, null);
    bus.publish("jobs", id, null);
    bus.publish("campaigns", id, null);
  }
  return queued;
}
