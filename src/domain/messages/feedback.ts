import { getLogger } from "@logtape/logtape";
import {
  type EventOutcome,
  findMentioned,
  type ProviderEvent,
  recordFeedback,
} from "../deliveries/bounce.ts";
import { toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import { rejudge } from "./flow.ts";
import { lockMessages } from "./rounds.ts";

const log = getLogger(["waybill", "deliveries"]);

/**
 * Records what a provider tells of deliveries after it has taken them: see `recordFeedback`. A message
 * that has ended is PARTIALLY_SENT once some of it came back.
 *
 * @returns "early" while a delivery is still in flight: nothing is written, tell it again later
 * @throws {ReusedTokenError} nothing is written then
 */
export async function recordEvent(
  { db, bus }: Services,
  event: ProviderEvent,
): Promise<EventOutcome> {
  const { outcome, changed } = await db.transaction(async (tx) => {
    const mentioned = await findMentioned(tx, event);
    const messageIds = mentioned.map(({ messageId }) => messageId);
    await lockMessages(tx, messageIds);
    const recorded = await recordFeedback(tx, event, mentioned);
    if (recorded.changed.length > 0) await rejudge(tx, messageIds);
    return recorded;
  });
  const { source } = event;
  if (outcome === "ignored") log.info("An event of {source} is about no delivery here", { source });
  for (const { id, organizationId, messageId, status } of changed) {
    bus.publish("messages", organizationId, [messageId]);
    bus.publish("deliveries", organizationId, [id]);
    const deliveryId = toTypeId("delivery", id);
    log.info("Delivery {deliveryId} is {status}, says {source}", {
      deliveryId,
      status,
      source,
    });
  }
  return outcome;
}
