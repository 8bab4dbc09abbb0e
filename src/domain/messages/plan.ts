import { type Connection, statement } from "../../db/database.ts";
import { copyContacts } from "../deliveries/copy_contacts.ts";
import { copyRecipients, insertBatches } from "../deliveries/create.ts";
import { toTypeId } from "../id.ts";
import { enqueueJobs, wakeWorkers } from "../jobs/enqueue.ts";
import type { NewJob } from "../jobs/job.ts";
import { resetCrashes } from "../jobs/lease.ts";
import type { Services } from "../services.ts";
import { COLUMNS } from "./find.ts";
import type { Message } from "./message.ts";
import { toastStart } from "./notify.ts";
import { appendMessageEvents } from "./outbox_events.ts";

// Number of recipients planned by one transaction, which takes some 50 ms.
const CHUNK = 5_000;

const BEGIN = statement<[jobId: string, fence: number, id: string], Message>(
  "messages.beginPlanning",
  `with started as (
     update messages set status = 'PLANNING', started_at = now(), updated_at = now()
     where id = $3 and status = 'SCHEDULED' and (send_at is null or send_at <= now())
       and exists (select from jobs where id = $1 and fence = $2)
     returning *
   ),
   events as (${appendMessageEvents("MESSAGE_STARTED", "select * from started")})
   select ${COLUMNS} from started`,
);

/** Sets a due SCHEDULED message PLANNING; does not change any other message. */
export async function beginPlanning(
  services: Services,
  job: { readonly id: string; readonly fence: number },
  messageId: string,
): Promise<void> {
  const [message] = await services.db.run(BEGIN, job.id, job.fence, messageId);
  if (!message) return;
  services.bus.publish("messages", message.organizationId, [messageId]);
  toastStart(services, message);
}

/** The state of planning after a chunk. */
export interface PlanState {
  /** Null if the claim of the job has ended. */
  readonly message: Message | null;
  /** True if there is another chunk to plan. */
  readonly more: boolean;
}

const LOCK_CLAIMED = statement<[jobId: string, fence: number, id: string], Message>(
  "messages.lockClaimed",
  `select ${COLUMNS} from messages
   where id = $3 and exists (select from jobs where id = $1 and fence = $2)
   for no key update`,
);

const ADVANCE = statement<
  [
    id: string,
    plannedCount: number,
    jobId: string,
    recipientCount: number,
    contactsAfter: string | null,
  ]
>(
  "messages.advance",
  `with progressed as (${resetCrashes("select $3::uuid")}),
   before as (select id, started_at from messages where id = $1),
   planned as (
     update messages m set planned_count = $2::int, updated_at = now(),
       started_at = coalesce(m.started_at, now()),
       recipient_count = $4::int, contacts_after = coalesce($5, m.contacts_after),
       status = case when $2::int = $4::int then 'SENDING' else m.status end
     from before where m.id = before.id
     returning m.*, before.started_at is null as starts
   )
   ${appendMessageEvents("MESSAGE_STARTED", "select * from planned where starts")}`,
);

/**
 * Plans the next 5,000 recipients of a message that is PLANNING: copies them from its audience or from the
 * contacts, if it is sent to these, cuts them into batches and enqueues a job for each batch. Each chunk is one transaction that
 * starts where the last one ended, so that planning continues after a crash.
 */
export async function planChunk(
  services: Services,
  job: { readonly id: string; readonly fence: number },
  messageId: string,
): Promise<PlanState> {
  let jobIds: string[] = [];
  const state = await services.db.transaction(async (tx): Promise<PlanState> => {
    const [message] = await tx.run(LOCK_CLAIMED, job.id, job.fence, messageId);
    if (!message) return { message: null, more: false };
    if (message.status !== "PLANNING") return { message, more: false };
    const { last, recipientCount, contactsAfter } = await addRecipients(tx, message);
    const batches = await insertBatches(tx, message, message.plannedCount, last);
    jobIds = await enqueueJobs(tx, batches.map((batch) => batchJob(message, batch)));
    await tx.run(ADVANCE, messageId, last, job.id, recipientCount, contactsAfter);
    return { message, more: last < recipientCount };
  });
  if (state.message) {
    const { organizationId, audienceId, contactSelection, lane } = state.message;
    wakeWorkers(services, [lane]);
    services.bus.publish("messages", organizationId, [messageId]);
    services.bus.publish("jobs", organizationId, jobIds);
    if (audienceId || contactSelection) {
      services.bus.publish("deliveries", organizationId, null);
    }
  }
  return state;
}

/** Recipients of a message after a chunk. */
interface Chunk {
  /** Position of the last recipient that has a delivery. */
  readonly last: number;
  readonly recipientCount: number;
  /** Last contact that has a delivery; null: no further one. */
  readonly contactsAfter: string | null;
}

async function addRecipients(tx: Connection, message: Message): Promise<Chunk> {
  const { id, plannedCount: after, recipientCount, audienceId, contactSelection } = message;
  if (contactSelection) {
    const { count, last: contactsAfter } = await copyContacts(tx, message, contactSelection, CHUNK);
    const last = after + count;
    // Their number is known only at the end. Until then there is at least one more, so that planning continues.
    const total = count < CHUNK ? last : Math.max(recipientCount, last + 1);
    return { last, recipientCount: total, contactsAfter };
  }
  const last = Math.min(after + CHUNK, recipientCount);
  if (audienceId) await copyRecipients(tx, id, after, last);
  return { last, recipientCount, contactsAfter: null };
}

/**
 * Builds the job that sends a batch.
 *
 * @param batch `runAt`: earliest start; absent or null: now
 */
export function batchJob(
  message: Message,
  { id, jobId, size, runAt = null }: {
    readonly id: string;
    readonly jobId: string;
    readonly size: number;
    readonly runAt?: Date | null;
  },
): NewJob {
  return {
    ...messageJob(message),
    id: jobId,
    // So that many batches of few recipients are sent at once.
    size,
    runAt,
    kind: "SEND_BATCH",
    payload: { batchId: id },
  };
}

/** Builds the job that plans a message at its `sendAt`. Its unique key allows one per message. */
export function planJob(
  message: Pick<
    Message,
    "id" | "organizationId" | "userId" | "lane" | "type" | "priority" | "sendAt"
  >,
): NewJob {
  return {
    ...messageJob(message),
    kind: "PLAN_MESSAGE",
    runAt: message.sendAt,
    uniqueKey: `plan ${message.id}`,
    payload: { messageId: message.id },
  };
}

function messageJob(
  message: Pick<Message, "id" | "organizationId" | "userId" | "lane" | "type" | "priority">,
) {
  return {
    organizationId: message.organizationId,
    userId: message.userId,
    lane: message.lane,
    // The slots are shared fairly between message types, so that a newsletter does not delay reminders.
    topic: message.type,
    priority: message.priority,
    subject: toTypeId("message", message.id),
  };
}
