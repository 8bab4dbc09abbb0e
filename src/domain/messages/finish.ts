import { type Connection, LONG, statement } from "../../db/database.ts";
import type { DeliveryStatus, RetryMode } from "../deliveries/delivery.ts";
import { AUTOMATIC } from "../deliveries/retry.ts";
import type { Services } from "../services.ts";
import { COLUMNS } from "./find.ts";
import type { Message } from "./message.ts";
import { notifyOfEnds } from "./notify.ts";
import { appendMessageEvents } from "./outbox_events.ts";
import { beginRounds, publishRounds, type Round } from "./rounds.ts";

// In the order of ids, so that two groups of messages cannot deadlock. Open messages do not end, and are not locked,
// because new recipients would wait for the lock.
const LOCK = statement<[ids: string[]], { id: string; retryMode: RetryMode }>(
  "messages.lock",
  `select id, retry_mode as "retryMode" from messages
   where id = any($1) and not open order by id for no key update`,
);

const IS_DONE = `m.status = 'SENDING' and not m.open and m.planned_count = m.recipient_count
  and not exists (select from batches where message_id = m.id and finished_at is null)`;

const FIND_DONE = statement<[ids: string[]], Message>(
  "messages.findDone",
  `select ${COLUMNS} from messages m where id = any($1) and ${IS_DONE}`,
);

// A delivery with a complaint counts as sent, because its mail arrived. A suppressed one is no loss.
const FINAL_STATUS = `case when sent + suppressed = m.recipient_count then 'SENT'
  when sent > 0 then 'PARTIALLY_SENT' else 'FAILED' end`;

// Executed at the end of every batch, but sums up the counters for the last batch only.
const FINISH = statement<[ids: string[]], { id: string }>(
  "messages.finish",
  `with ended as (
     update messages m set finished_at = now(), updated_at = now(),
       (sent_count, suppressed_count, status) = (
         select sent, suppressed, ${FINAL_STATUS} from (
           select coalesce(sum(sent + complained), 0) as sent, coalesce(sum(suppressed), 0) as suppressed
           from delivery_counters where message_id = m.id) s)
     where m.id = any($1) and ${IS_DONE}
     returning m.id, m.organization_id, m.user_id, m.title, m.type, m.lane, m.status, m.sent_count,
       m.suppressed_count, m.recipient_count, m.channel, m.campaign_id
   ),
   notified as (${notifyOfEnds("ended")}),
   events as (${appendMessageEvents("MESSAGE_FINISHED", "select * from ended")})
   select id from ended`,
  LONG,
);

/**
 * Finishes messages whose last batch has ended. If the retry mode is AUTO and another attempt may succeed, the
 * next round of the message begins instead. A message with unfinished batches is not changed.
 */
export async function finishMessages(
  services: Services,
  messages: readonly Pick<Message, "id" | "organizationId">[],
): Promise<void> {
  const ids = [...new Set(messages.map(({ id }) => id))];
  let rounds: Round[] = [];
  const finished = await services.db.transaction(async (tx) => {
    // The lock and the check are two statements, because the check needs a snapshot from after the lock:
    // of two last batches that end at the same time, neither would otherwise see the end of the other.
    const locked = await tx.run(LOCK, ids);
    const automatic = locked.filter(({ retryMode }) => retryMode === "AUTO").map(({ id }) => id);
    const done = automatic.length > 0 ? await tx.run(FIND_DONE, automatic) : [];
    rounds = await beginRounds(tx, done, AUTOMATIC);
    // A batch that ends after FIND_DONE must not let FINISH skip the round: it calls this function, too.
    const ending = new Set(done.map(({ id }) => id));
    for (const { message } of rounds) ending.delete(message.id);
    const finishing = ids.filter((id) => ending.has(id) || !automatic.includes(id));
    return finishing.length > 0 ? await tx.run(FINISH, finishing) : [];
  });
  if (rounds.length > 0) publishRounds(services, rounds);
  const ended = new Set(finished.map(({ id }) => id));
  for (const { id, organizationId } of messages) {
    if (ended.has(id)) services.bus.publish("messages", organizationId, [id]);
  }
}

/** Finishes one message; otherwise like `finishMessages`. */
export async function finishMessage(
  services: Services,
  message: Pick<Message, "id" | "organizationId">,
): Promise<void> {
  await finishMessages(services, [message]);
}

/** Deliveries of one message whose status has changed in the same way. */
export interface StatusChange {
  readonly messageId: string;
  readonly was: DeliveryStatus;
  readonly status: DeliveryStatus;
  readonly count: number;
}

// Adds to the sums of FINISH, because a message has too many counters to sum them up for each event.
const RECOMPUTE = statement<
  [messageIds: string[], was: DeliveryStatus[], statuses: DeliveryStatus[], counts: number[]]
>(
  "messages.recomputeStatus",
  `update messages m set updated_at = now(), (sent_count, suppressed_count, status) = (
       select sent, suppressed, ${FINAL_STATUS} from (
         select m.sent_count + c.sent as sent, m.suppressed_count + c.suppressed as suppressed) s)
   from (
     select id,
       sum(n * (status in ('SENT', 'COMPLAINED'))::int - n * (was in ('SENT', 'COMPLAINED'))::int)
         as sent,
       sum(n * (status = 'SUPPRESSED')::int - n * (was = 'SUPPRESSED')::int) as suppressed
     from unnest($1::uuid[], $2::text[], $3::text[], $4::int[]) as u(id, was, status, n) group by id
   ) c
   where m.id = c.id and m.status in ('SENT', 'PARTIALLY_SENT', 'FAILED')`,
);

/**
 * Computes the status of finished messages again, after the status of deliveries has changed. Messages that
 * have not finished are not changed: `finishMessage` counts their deliveries.
 *
 * @param changes in messages that the transaction has locked
 */
export async function recomputeStatus(
  tx: Connection,
  changes: readonly StatusChange[],
): Promise<void> {
  await tx.run(
    RECOMPUTE,
    changes.map(({ messageId }) => messageId),
    changes.map(({ was }) => was),
    changes.map(({ status }) => status),
    changes.map(({ count }) => count),
  );
}
