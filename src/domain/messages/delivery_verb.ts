import { sql } from "kysely";
import type { Connection } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import type { Delivery } from "../deliveries/delivery.ts";
import {
  type DeliveryFilter,
  findDeliveries,
  matchingDeliveries,
  readByStatus,
  statusIn,
} from "../deliveries/list.ts";
import { countTraits, type DeliveryTraits } from "../deliveries/traits.ts";
import type { MessageStatus } from "../message_status.ts";
import type { Services } from "../services.ts";
import { countSkipped, type SkippedCount } from "../skipped.ts";
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
  /** Number of refused deliveries by reason, most frequent first. */
  readonly skipped: readonly SkippedCount[];
}

/** An action on selected deliveries, message by message. */
export interface DeliveryVerb<T> {
  /** Statuses of the deliveries that match the filter but may be refused. */
  readonly statuses: readonly Delivery["status"][];
  /** Returns the reason to refuse a delivery; null if the action applies to it. */
  refusalOf(delivery: DeliveryTraits, message: { readonly status: MessageStatus }): string | null;
  /**
   * Acts on the deliveries of locked messages that match the filter; one result per message.
   *
   * @param accepted whether `refusalOf` has accepted all of them
   */
  act(
    tx: Connection,
    messages: readonly Message[],
    filter: DeliveryFilter,
    accepted: boolean,
  ): Promise<T[]>;
}

type ReasonCount = readonly [reason: string | null, count: number];

const REFUSED_LIMIT = 1_000;
/** Maximum number of messages that one transaction locks; other changes to these messages wait for it. */
export const MESSAGES_AT_ONCE = 100;

/** Applies a verb to the selected deliveries, 100 messages per transaction. */
export async function applyVerb<T>(
  { db }: Services,
  caller: Caller,
  { ids, filter, messageIds }: CheckedSelection,
  verb: DeliveryVerb<T>,
): Promise<{ done: T[] } & Refusals> {
  const done: T[] = [];
  const refused: RefusedDelivery[] = [];
  const reasons: ReasonCount[] = [];
  for (let at = 0; at < messageIds.length; at += MESSAGES_AT_ONCE) {
    await db.transaction(async (tx) => {
      const messages = await lockMessages(tx, messageIds.slice(at, at + MESSAGES_AT_ONCE));
      if (ids) {
        const acted = await actOnIds(tx, caller, messages, ids, verb);
        done.push(...acted.done);
        refused.push(...acted.refused);
        reasons.push(...acted.refused.map(({ reason }): ReasonCount => [reason, 1]));
        return;
      }
      done.push(...await verb.act(tx, messages, filter, false));
      const remaining = await readRemaining(tx, caller, messages, filter, verb);
      refused.push(...remaining.refused.slice(0, REFUSED_LIMIT - refused.length));
      reasons.push(...remaining.reasons);
    });
  }
  const skipped = countSkipped(reasons);
  const refusedCount = skipped.reduce((sum, { count }) => sum + count, 0);
  return { done, refused, refusedCount, skipped };
}

/** Result of a verb on deliveries selected by id. */
export interface ActedOnIds<T> {
  readonly done: readonly T[];
  /** The deliveries that the verb has changed, as they were before. */
  readonly accepted: readonly Delivery[];
  readonly refused: readonly RefusedDelivery[];
}

/**
 * Applies a verb to deliveries by id.
 *
 * @param messages messages that the transaction has locked; deliveries of others are ignored
 */
export async function actOnIds<T>(
  tx: Connection,
  caller: Caller,
  messages: readonly Message[],
  ids: readonly string[],
  { refusalOf, act }: DeliveryVerb<T>,
): Promise<ActedOnIds<T>> {
  const byId = new Map(messages.map((message) => [message.id, message]));
  // Read under the lock, so that the deliveries are in the same state when the verb acts on them.
  const found = await findDeliveries({ db: tx }, caller, ids);
  const accepted: Delivery[] = [];
  const refused: RefusedDelivery[] = [];
  for (const delivery of found) {
    const message = byId.get(delivery.messageId);
    if (!message) continue;
    const reason = refusalOf(delivery, message);
    if (reason === null) accepted.push(delivery);
    else refused.push({ delivery, reason });
  }
  const acceptedIds = accepted.map(({ id }) => id);
  const done = accepted.length > 0 ? await act(tx, messages, { ids: acceptedIds }, true) : [];
  return { done, accepted, refused };
}

async function readRemaining<T>(
  tx: Connection,
  caller: Caller,
  messages: readonly Message[],
  filter: DeliveryFilter,
  { statuses, refusalOf }: DeliveryVerb<T>,
): Promise<{ refused: RefusedDelivery[]; reasons: ReasonCount[] }> {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const ids = [...byId.keys()];
  const listed = await readByStatus(tx, caller, filter, ids, statuses, REFUSED_LIMIT);
  const refused = listed.flatMap((delivery) => {
    const message = byId.get(delivery.messageId);
    const reason = message ? refusalOf(delivery, message) : null;
    return reason === null ? [] : [{ delivery, reason }];
  });
  if (listed.length < REFUSED_LIMIT) {
    return { refused, reasons: refused.map(({ reason }) => [reason, 1]) };
  }
  const counts = await countTraits(
    tx,
    matchingDeliveries(caller, filter)
      .where(sql<boolean>`d.message_id = any(${ids}::uuid[])`)
      .where(statusIn(statuses)),
  );
  const reasonOf = (traits: (typeof counts)[number]) =>
    refusalOf(traits, { status: traits.messageStatus });
  return { refused, reasons: counts.map((traits) => [reasonOf(traits), traits.count]) };
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
