import type { Connection } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import type { Delivery } from "../deliveries/delivery.ts";
import { type DeliveryFilter, findDeliveries, readByStatus } from "../deliveries/list.ts";
import type { Services } from "../services.ts";
import type { Message } from "./message.ts";
import { lockMessages } from "./rounds.ts";
import type { CheckedSelection } from "./selection.ts";

/** A selected delivery that the action did not change, and the reason. */
export interface RefusedDelivery {
  readonly delivery: Delivery;
  /** Text for people. */
  readonly reason: string;
}

/** The selected deliveries that the action did not change. */
export interface Refusals {
  /** The first 1,000 refused deliveries. */
  readonly refused: readonly RefusedDelivery[];
  readonly refusedCount: number;
}

/** An action on selected deliveries, message by message. */
export interface DeliveryVerb<T> {
  /** Statuses of the deliveries that match the filter but may be refused. */
  readonly statuses: readonly Delivery["status"][];
  /** Returns the reason to refuse a delivery; null if the action applies to it. */
  refusalOf(delivery: Delivery, message: Message): string | null;
  /** Acts on the deliveries of locked messages that match the filter; one result per message. */
  act(tx: Connection, messages: readonly Message[], filter: DeliveryFilter): Promise<T[]>;
}

const REFUSED_LIMIT = 1_000;
// Messages locked by one transaction; other changes to these messages wait for it.
const MESSAGES_AT_ONCE = 100;

/** Applies a verb to the selected deliveries, 100 messages per transaction. */
export async function applyVerb<T>(
  { db }: Services,
  caller: Caller,
  { ids, filter, messageIds }: CheckedSelection,
  { statuses, refusalOf, act }: DeliveryVerb<T>,
): Promise<{ done: T[] } & Refusals> {
  const done: T[] = [];
  const refused: RefusedDelivery[] = [];
  let refusedCount = 0;
  for (let at = 0; at < messageIds.length; at += MESSAGES_AT_ONCE) {
    await db.transaction(async (tx) => {
      const messages = await lockMessages(tx, messageIds.slice(at, at + MESSAGES_AT_ONCE));
      const byId = new Map(messages.map((message) => [message.id, message]));
      const accepts = (delivery: Delivery) => {
        const message = byId.get(delivery.messageId);
        const reason = message ? refusalOf(delivery, message) : null;
        if (reason !== null && refused.length < REFUSED_LIMIT) refused.push({ delivery, reason });
        return reason === null;
      };
      if (ids) {
        // Read under the lock, so that the deliveries are in the same state when the verb acts on them.
        const found = (await findDeliveries({ db: tx }, caller, ids))
          .filter(({ messageId }) => byId.has(messageId));
        const accepted = found.filter(accepts).map(({ id }) => id);
        refusedCount += found.length - accepted.length;
        if (accepted.length > 0) done.push(...await act(tx, messages, { ids: accepted }));
        return;
      }
      done.push(...await act(tx, messages, filter));
      const lockedIds = messages.map(({ id }) => id);
      const remaining = await readByStatus(tx, caller, filter, lockedIds, statuses, REFUSED_LIMIT);
      remaining.forEach(accepts);
      refusedCount += remaining[0]?.total ?? 0;
    });
  }
  return { done, refused, refusedCount };
}

/** Reasons to refuse a delivery because of its state. */
export const REFUSALS: Readonly<
  Record<Exclude<Delivery["status"], "FAILED" | "BOUNCED" | "SUPPRESSED">, string>
> = {
  PENDING: "It is waiting to be sent already",
  SENDING: "It is being sent",
  SENT: "It was sent",
  CANCELLED: "Its message was cancelled",
  UNKNOWN: "It may have arrived: decide with resolveDeliveries",
  COMPLAINED: "It was sent, and the recipient complained",
};
