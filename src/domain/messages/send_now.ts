import { type Connection, type Database, statement } from "../../db/database.ts";
import {
  insertBatchesFrom,
  insertDeliveriesFrom,
  NEW_DELIVERY,
  type NewDelivery,
} from "../deliveries/create.ts";
import { group } from "../group.ts";
import { toTypeId } from "../id.ts";
import { insertJobsFrom } from "../jobs/enqueue.ts";
import { JOB_KINDS } from "../jobs/kinds.ts";
import { insertMessagesFrom, NEW_MESSAGE, type NewMessage, type WrittenMessage } from "./create.ts";
import { appendMessageEvents } from "./outbox_events.ts";

/** A message that is sent at once, with up to 100 recipients. */
export interface SmallMessage {
  readonly message: NewMessage;
  readonly deliveries: readonly NewDelivery[];
  readonly batchId: string;
  readonly jobId: string;
}

// The fields of the job are those of `batchJob`.
const SEND = statement<[messages: string, deliveries: string], WrittenMessage>(
  "messages.sendNow",
  `with new as materialized (
     select * from json_to_recordset($1::json)
       as r(${NEW_MESSAGE}, "batchId" uuid, "jobId" uuid, "jobSubject" text)
   ),
   written as (${insertMessagesFrom("new")}),
   d as (${
    insertDeliveriesFrom(
      `(select r.* from json_to_recordset($2::json) as r(${NEW_DELIVERY})
          join written on written.id = r."messageId") as r`,
    )
  }),
   b as (${
    insertBatchesFrom(
      `(select "batchId" as id, "organizationId" as organization_id, id as message_id,
          1 as number, 1 as lo,
          "recipientCount" as hi, "jobId" as job_id
        from new join written using (id)) as r`,
    )
  }),
   j as (${
    insertJobsFrom(
      `(select "jobId" as id, "organizationId" as organization_id, "userId" as user_id,
          'SEND_BATCH' as kind, lane, type as topic, priority, null::timestamptz as run_at,
          ${JOB_KINDS.SEND_BATCH.maxAttempts}::smallint as max_attempts, null as unique_key,
          "jobSubject" as subject, jsonb_build_object('batchId', "batchId") as payload,
          "recipientCount" as size
        from new join written using (id)) as r`,
    )
  }),
   events as (${
    appendMessageEvents(
      "MESSAGE_STARTED",
      `select "organizationId" as organization_id, id, title, type, channel, written.status,
         "recipientCount" as recipient_count
       from new join written using (id)`,
    )
  })
   select * from written`,
);

/**
 * Writes messages with their deliveries, batches and jobs in the caller's transaction. Call `publishSmall` after the
 * commit.
 *
 * @returns in the order of the messages; null if the idempotency key belongs to an earlier message
 */
export async function insertSmallMessages(
  tx: Connection,
  messages: readonly SmallMessage[],
): Promise<(WrittenMessage | null)[]> {
  return messages.length > 0 ? await writeAll(tx, messages) : [];
}

type Write = (message: SmallMessage) => Promise<WrittenMessage | null>;

// Concurrent clients share commits, and the first one after a pause does not wait.
const INTERVAL_MS = 4;
const writers = new WeakMap<Database, Write>();

/**
 * Writes a message, its deliveries, its batch and the job of the batch. Messages that arrive while others are
 * being written share the next statement, because a statement and a commit cost more than the rows of a message.
 *
 * @returns null if its idempotency key belongs to an earlier message
 */
export function writeSmallMessage(
  db: Database,
  message: SmallMessage,
): Promise<WrittenMessage | null> {
  const write: Write = writers.get(db) ?? group((messages) => writeAll(db, messages), INTERVAL_MS);
  writers.set(db, write);
  return write(message);
}

async function writeAll(
  db: Connection,
  messages: readonly SmallMessage[],
): Promise<(WrittenMessage | null)[]> {
  const rows = messages.map(({ message, batchId, jobId }) => ({
    ...message,
    batchId,
    jobId,
    jobSubject: toTypeId("message", message.id),
  }));
  const deliveries = messages.flatMap(({ deliveries }) => deliveries);
  const written = await db.run(SEND, JSON.stringify(rows), JSON.stringify(deliveries));
  const byId = new Map(written.map((message) => [message.id, message]));
  return messages.map(({ message }) => byId.get(message.id) ?? null);
}
