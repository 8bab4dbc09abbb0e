import { type Connection, statement } from "../../db/database.ts";
import { BATCH_SIZE } from "../deliveries/batches.ts";
import { newId, toTypeId } from "../id.ts";
import { enqueueJobs, wakeWorkers } from "../jobs/enqueue.ts";
import type { NewJob } from "../jobs/job.ts";
import { jobKind } from "../jobs/kinds.ts";
import type { Services } from "../services.ts";
import type { Message } from "./message.ts";
import { COLUMNS } from "./queries.ts";

// What one transaction plans: some 50 ms of work.
const CHUNK = 5_000;

const BEGIN = statement<[jobId: string, fence: number, id: string], Message>(
  "messages.plan",
  `update messages set status = 'PLANNING', started_at = now(), updated_at = now()
   where id = $3 and status = 'SCHEDULED' and (send_at is null or send_at <= now())
     and exists (select from jobs where id = $1 and fence = $2)
   returning ${COLUMNS}`,
);

const HOLD = statement<[jobId: string, fence: number, id: string], Message>(
  "messages.hold",
  `select ${COLUMNS} from messages
   where id = $3 and exists (select from jobs where id = $1 and fence = $2)
   for no key update`,
);

const COPY = statement<[messageId: string, after: number, upTo: number]>(
  "deliveries.copy",
  `insert into deliveries (organization_id, message_id, n, batch_number, address, name, variables)
   select m.organization_id, m.id, r.n, (r.n + ${BATCH_SIZE} - 1) / ${BATCH_SIZE}, r.address, r.name,
     r.variables
   from messages m join audience_recipients r on r.audience_id = m.audience_id
   where m.id = $1 and r.n > $2 and r.n <= $3
   order by r.n`,
);

const INSERT_BATCHES = statement<
  [
    organizationId: string,
    messageId: string,
    ids: string[],
    jobIds: string[],
    los: number[],
    his: number[],
  ]
>(
  "batches.insert",
  `insert into batches (id, organization_id, message_id, number, lo, hi, size, job_id)
   select id, $1, $2, (hi + ${BATCH_SIZE} - 1) / ${BATCH_SIZE}, lo, hi, hi - lo + 1, job_id
   from unnest($3::uuid[], $4::uuid[], $5::int[], $6::int[]) as r(id, job_id, lo, hi)`,
);

const ADVANCE = statement<[id: string, plannedCount: number]>(
  "messages.advance",
  `update messages set planned_count = $2, updated_at = now(), started_at = coalesce(started_at, now()),
     status = case when $2 = recipient_count then 'SENDING' else status end
   where id = $1`,
);

/** Where planning stands after a chunk. */
export interface PlanState {
  /** Null: the claim has ended. */
  readonly message: Message | null;
  /** True when there is another chunk to plan. */
  readonly more: boolean;
}

/** Begins a scheduled message that has come due; leaves every other as it is. */
export async function beginPlanning(
  { db, bus }: Services,
  job: { readonly id: string; readonly fence: number },
  messageId: string,
): Promise<void> {
  const [begun] = await db.run(BEGIN, job.id, job.fence, messageId);
  if (begun) bus.publish("messages", begun.organizationId, [messageId]);
}

/**
 * Plans the next 5,000 recipients of a message that is PLANNING: copies them from its audience where it
 * has one, cuts them into batches and enqueues a job for each. One transaction, from where the last one
 * ended: a crash between two costs nothing.
 */
export async function planChunk(
  services: Services,
  job: { readonly id: string; readonly fence: number },
  messageId: string,
): Promise<PlanState> {
  let jobIds: string[] = [];
  const state = await services.db.transaction(async (tx): Promise<PlanState> => {
    const [message] = await tx.run(HOLD, job.id, job.fence, messageId);
    if (!message) return { message: null, more: false };
    if (message.status !== "PLANNING") return { message, more: false };
    const after = message.plannedCount;
    const upTo = Math.min(after + CHUNK, message.recipientCount);
    if (message.audienceId) await tx.run(COPY, messageId, after, upTo);
    jobIds = await insertBatches(tx, message, after, upTo);
    await tx.run(ADVANCE, messageId, upTo);
    return { message, more: upTo < message.recipientCount };
  });
  wakeWorkers(services);
  if (state.message) {
    const { organizationId, audienceId } = state.message;
    services.bus.publish("messages", organizationId, [messageId]);
    services.bus.publish("jobs", organizationId, jobIds);
    if (audienceId) services.bus.publish("deliveries", organizationId, null);
  }
  return state;
}

async function insertBatches(
  tx: Connection,
  message: Message,
  after: number,
  upTo: number,
): Promise<string[]> {
  const ids: string[] = [];
  const los: number[] = [];
  const his: number[] = [];
  const jobIds: string[] = [];
  const jobs: NewJob[] = [];
  for (let lo = after + 1; lo <= upTo; lo += BATCH_SIZE) {
    const batchId = newId();
    const jobId = newId();
    ids.push(batchId);
    jobIds.push(jobId);
    los.push(lo);
    his.push(Math.min(lo + BATCH_SIZE - 1, upTo));
    jobs.push(batchJob(message, { id: batchId, jobId, runAt: null }));
  }
  await tx.run(INSERT_BATCHES, message.organizationId, message.id, ids, jobIds, los, his);
  return await enqueueJobs(tx, jobs);
}

/** The job that sends a batch. */
export function batchJob(
  message: Message,
  { id, jobId, runAt }: {
    readonly id: string;
    readonly jobId: string;
    readonly runAt: Date | null;
  },
): NewJob {
  return {
    ...messageJob(message),
    id: jobId,
    runAt,
    kind: "SEND_BATCH",
    maxAttempts: jobKind("SEND_BATCH").maxAttempts,
    payload: { batchId: id },
  };
}

/** The job that plans a message, at its time. At most one at once per message. */
export function planJob(
  message: Pick<
    Message,
    "id" | "organizationId" | "userId" | "lane" | "type" | "priority" | "sendAt"
  >,
): NewJob {
  return {
    ...messageJob(message),
    kind: "PLAN_MESSAGE",
    maxAttempts: jobKind("PLAN_MESSAGE").maxAttempts,
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
    // Fair turns between message types: a newsletter does not hold up the reminders.
    topic: message.type,
    priority: message.priority,
    subject: toTypeId("message", message.id),
  };
}
