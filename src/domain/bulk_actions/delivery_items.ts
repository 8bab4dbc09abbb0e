import { type RawBuilder, sql } from "kysely";
import type { Connection } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import type { Delivery } from "../deliveries/delivery.ts";
import { findDeliveries, matchingDeliveries, statusIn } from "../deliveries/list.ts";
import { countTraits } from "../deliveries/traits.ts";
import {
  actOnIds,
  type DeliveryVerb,
  MESSAGES_AT_ONCE,
  REFUSALS,
} from "../messages/delivery_verb.ts";
import { type Resolved, resolveVerb } from "../messages/resolve.ts";
import { retryVerb } from "../messages/retry.ts";
import { lockMessages, publishRounds } from "../messages/rounds.ts";
import type { DeliveryTarget } from "./bulk_action.ts";
import {
  type Acted,
  type ActedItem,
  GONE,
  type ItemEnd,
  type ItemPage,
  type ReasonCount,
} from "./items.ts";

const SUPPRESSED = "Its recipient is on the suppression list";

function verbOf(caller: Caller, { action, force }: DeliveryTarget): DeliveryVerb<Resolved> {
  if (action === "RETRY") return retryVerb(caller, force);
  return resolveVerb(caller, action === "RESOLVE_SENT" ? "SENT" : "RESEND");
}

// Of deliveries selected by a filter, those in other states are no candidates: of a message with a million
// deliveries, the SENT ones are not skipped one by one.
function candidates(caller: Caller, target: DeliveryTarget) {
  const query = matchingDeliveries(caller, target.filter);
  return target.byIds ? query : query.where(statusIn(verbOf(caller, target).statuses));
}

/** Counts the deliveries that an action would take or skip, by reason; null: it would take them. */
export async function countDeliveries(
  db: Connection,
  caller: Caller,
  target: DeliveryTarget,
  limit: number,
): Promise<ReasonCount[]> {
  const { refusalOf } = verbOf(caller, target);
  const counts = await countTraits(db, candidates(caller, target), limit);
  return counts.map((traits) => [
    refusalOf(traits, { status: traits.messageStatus }),
    traits.count,
  ]);
}

/** Query of the next page of deliveries that an action selects, as `item_id` and `key`, sorted by `key`. */
export function selectDeliveries(
  caller: Caller,
  target: DeliveryTarget,
  { cutoff, after, limit }: ItemPage,
): RawBuilder<unknown> {
  // Within a message by position, because there an index has the order.
  const [key, type] = target.filter.messageId == null ? ["d.id", "uuid"] : ["d.n", "int"];
  let query = candidates(caller, target)
    .select("d.id as item_id").select(sql.raw<string | number>(key).as("key"));
  if (!target.byIds) query = query.where(sql<boolean>`d.updated_at <= ${cutoff}`);
  if (after !== null) {
    query = query.where(sql<boolean>`${sql.raw(key)} > ${after}::${sql.raw(type)}`);
  }
  return sql`${query.orderBy("key").limit(limit)}`;
}

/** Acts on deliveries: on all of them, or on the first ones that belong to 100 messages. */
export async function actOnDeliveries(
  tx: Connection,
  caller: Caller,
  target: DeliveryTarget,
  ids: readonly string[],
): Promise<Acted> {
  const found = await findDeliveries({ db: tx }, caller, ids);
  const messageOf = new Map(found.map(({ id, messageId }) => [id, messageId]));
  const messageIds = new Set<string>();
  const taken: string[] = [];
  for (const id of ids) {
    const messageId = messageOf.get(id);
    if (messageId && !messageIds.has(messageId) && messageIds.size === MESSAGES_AT_ONCE) break;
    if (messageId) messageIds.add(messageId);
    taken.push(id);
  }
  const messages = await lockMessages(tx, [...messageIds]);
  const { done, accepted, refused } = await actOnIds(
    tx,
    caller,
    messages,
    taken,
    verbOf(caller, target),
  );
  const acted = new Map<string, ActedItem>(
    refused.map(({ delivery, reason }) => [delivery.id, { reason }]),
  );
  for (const { id, attempt } of accepted) acted.set(id, { reason: null, attempt });
  return {
    items: taken.map((id) => ({ id, ...acted.get(id) ?? { reason: GONE } })),
    publish: (services) => publishRounds(services, done),
  };
}

/** Finds out which deliveries that were acted on have ended, and how. */
export async function readDeliveryEnds(
  db: Connection,
  caller: Caller,
  items: readonly { readonly id: string; readonly attempt: number | null }[],
): Promise<ItemEnd[]> {
  const found = await findDeliveries({ db }, caller, items.map(({ id }) => id));
  const byId = new Map(found.map((delivery) => [delivery.id, delivery]));
  return items.flatMap(({ id, attempt }) => {
    const delivery = byId.get(id);
    // Only deliveries that were sent are deleted.
    const end = delivery ? endOf(delivery, attempt ?? 0) : { state: "DONE" } as const;
    return end ? [{ id, ...end }] : [];
  });
}

function endOf({ status, attempt }: Delivery, attemptBefore: number): Omit<ItemEnd, "id"> | null {
  switch (status) {
    case "SENT":
    case "COMPLAINED":
      return { state: "DONE" };
    case "FAILED":
    case "BOUNCED":
    case "UNKNOWN":
      return { state: "FAILED" };
    case "SUPPRESSED":
      return { state: "SKIPPED", reason: SUPPRESSED };
    case "CANCELLED":
      return { state: "SKIPPED", reason: REFUSALS.CANCELLED };
    case "PENDING":
      // It has failed and waits for its next automatic attempt.
      return attempt > attemptBefore ? { state: "FAILED" } : null;
    case "SENDING":
      return null;
  }
}
