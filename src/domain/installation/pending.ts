import { type Connection, statement } from "../../db/database.ts";

// Two indexes list the unfinished messages: those that are scheduled, and those that are planned or sent.
const UNFINISHED = `select id, recipient_count from messages where status in ('PLANNING', 'SENDING')
  union all select id, recipient_count from messages where status = 'SCHEDULED'`;

const MESSAGES = statement<[], { count: number }>(
  "installation.pendingMessages",
  `select count(*) as count from (${UNFINISHED}) m`,
);

// By the counters of each message, because a message can have a million deliveries.
const DELIVERIES = statement<[], { count: number }>(
  "installation.pendingDeliveries",
  `select coalesce(sum(greatest(0, m.recipient_count - ended.n - sending.n)), 0)::int8 as count
   from (${UNFINISHED}) m,
     lateral (
       select coalesce(sum(ended), 0) as n from delivery_counters where message_id = m.id
     ) ended,
     lateral (
       select coalesce(sum(cardinality(win)), 0) as n from batches
       where message_id = m.id and finished_at is null
     ) sending`,
);

/** Counts the messages of all organizations that are scheduled, planned or sent; not the paused ones. */
export async function countPendingMessages(db: Connection): Promise<number> {
  return (await db.run(MESSAGES))[0]?.count ?? 0;
}

/**
 * Counts the deliveries of these messages that are PENDING; not the deliveries that were in flight, which
 * become UNKNOWN.
 */
export async function countPendingDeliveries(db: Connection): Promise<number> {
  return (await db.run(DELIVERIES))[0]?.count ?? 0;
}
