import { getLogger } from "@logtape/logtape";
import {
  type EventOutcome,
  findMentioned,
  type ProviderEvent,
  recordFeedback,
} from "../deliveries/provider_event.ts";
import { BY_ITSELF } from "../deliveries/retry.ts";
import { toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import { rejudge } from "./flow.ts";
import { isFinal, type Message } from "./message.ts";
import { announceRounds, beginRounds, lockMessages } from "./rounds.ts";

const log = getLogger(["waybill", "deliveries"]);

/**
 * Records what a provider tells of deliveries after it has taken them: see `recordFeedback`. A message
 * that has ended is PARTIALLY_SENT once some of it came back, or tries that again at once when its retry
 * is AUTO.
 *
 * @returns "early" while a delivery is still in flight: nothing is written, tell it again later
 * @throws {ReusedTokenError} nothing is written then
 */
export async function recordEvent(
  services: Services,
  event: ProviderEvent,
): Promise<EventOutcome> {
  const { outcome, changed, rounds } = await services.db.transaction(async (tx) => {
    const mentioned = await findMentioned(tx, event);
    const messageIds = mentioned.map(({ messageId }) => messageId);
    const messages = await lockMessages(tx, messageIds);
    const recorded = await recordFeedback(tx, event, mentioned);
    if (recorded.changed.length === 0) return { ...recorded, rounds: [] };
    await rejudge(tx, messageIds);
    return { ...recorded, rounds: await beginRounds(tx, messages.filter(isOver), BY_ITSELF) };
  });
  announceRounds(services, rounds);
  const { source } = event;
  if (outcome === "ignored" && event.feedback.length === 0) {
    log.info("An event of {source} tells of no mail that arrived, came back or was unwanted", {
      source,
    });
  } else if (outcome === "ignored") {
    log.info("An event of {source} is about no delivery here", { source });
  }
  for (const { id, organizationId, messageId, status } of changed) {
    services.bus.publish("messages", organizationId, [messageId]);
    services.bus.publish("deliveries", organizationId, [id]);
    const deliveryId = toTypeId("delivery", id);
    log.info("Delivery {deliveryId} is {status}, says {source}", {
      deliveryId,
      status,
      source,
    });
  }
  return outcome;
}

// No pass of it will end any more, and begin the next round.
function isOver({ status, retryMode }: Message): boolean {
  return retryMode === "AUTO" && isFinal(status) && status !== "CANCELLED";
}
