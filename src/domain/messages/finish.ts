import { type Connection, statement } from "../../db/database.ts";
import type { RetryMode } from "../deliveries/delivery.ts";
import { AUTOMATIC } from "../deliveries/retry.ts";
import type { Services } from "../services.ts";
import { COLUMNS } from "./find.ts";
import type { Message } from "./message.ts";
import { beginRounds, publishRounds, type Round } from "./rounds.ts";

const LOCK = statement<[id: string], { retryMode: RetryMode }>(
  "messages.lock",
  `select retry_mode as "retryMode" from messages where id = $1 for no key update`,
);

const IS_DONE = `m.status = 'SENDING' and m.planned_count = m.recipient_count
  and not exists (select from batches where message_id = m.id and finished_at is null)`;

const FIND_DONE = statement<[id: string], Message>(
  "messages.findDone",
  `select ${COLUMNS} from messages m where id = $1 and ${IS_DONE}`,
);

// A delivery with a complaint counts as sent, because its mail arrived. A suppressed one is no loss.
const FINAL_STATUS = `(
  select case when coalesce(sum(sent + complained + suppressed), 0) = m.recipient_count then 'SENT'
    when sum(sent + complained) > 0 then 'PARTIALLY_SENT' else 'FAILED' end
  from delivery_counters where message_id = m.id)`;

// Executed at the end of every batch, but sums up the counters for the last batch only.
const FINISH = statement<[id: string], { id: string }>(
  "messages.finish",
  `update messages m set finished_at = now(), updated_at = now(), status = ${FINAL_STATUS}
   where m.id = $1 and ${IS_DONE}
   returning m.id`,
);

/**
 * Finishes a message whose last batch has ended. If its retry mode is AUTO and another attempt may
 * succeed, its next round begins instead. A message with unfinished batches is not changed.
 */
export async function finishMessage(
  services: Services,
  { id, organizationId }: Pick<Message, "id" | "organizationId">,
): Promise<void> {
  let rounds: Round[] = [];
  const finished = await services.db.transaction(async (tx) => {
    // The lock and the check are two statements, because the check needs a snapshot from after the lock:
    // of two last batches that end at the same time, neither would otherwise see the end of the other.
    const [message] = await tx.run(LOCK, id);
    if (message?.retryMode === "AUTO") {
      const done = await tx.run(FIND_DONE, id);
      rounds = await beginRounds(tx, done, AUTOMATIC);
      // A batch that ends after FIND_DONE must not let FINISH skip the round: it calls this function, too.
      if (done.length === 0 || rounds.length > 0) return [];
    }
    return await tx.run(FINISH, id);
  });
  if (rounds.length > 0) publishRounds(services, rounds);
  if (finished.length > 0) services.bus.publish("messages", organizationId, [id]);
}

const RECOMPUTE = statement<[ids: string[]]>(
  "messages.recomputeStatus",
  `update messages m set updated_at = now(), status = ${FINAL_STATUS}
   where id = any($1) and status in ('SENT', 'PARTIALLY_SENT', 'FAILED')`,
);

/**
 * Computes the status of finished messages again, after their counters have changed.
 *
 * @param ids messages that the transaction has locked
 */
export async function recomputeStatus(tx: Connection, ids: readonly string[]): Promise<void> {
  await tx.run(RECOMPUTE, [...ids]);
}
