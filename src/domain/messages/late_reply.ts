import { getLogger } from "@logtape/logtape";
import type { SendResult } from "../../channels/channel.ts";
import { isTransient } from "../../db/sqlstate.ts";
import { bounced, delivered, type Feedback } from "../deliveries/feedback.ts";
import type { ProviderEvent } from "../deliveries/provider_event.ts";
import { newId, toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import { recordEvent } from "./provider_event.ts";

const SOURCE = "smtp";
const RECORD_AGAIN_MS = 1_000;
const log = getLogger(["waybill", "deliveries"]);

/**
 * Records the late reply to a mail whose delivery became UNKNOWN meanwhile, like a report of the provider:
 * the delivery is SENT or BOUNCED then. Without a reply it stays UNKNOWN. Never rejects.
 *
 * @param deliveryId UUID
 * @param later result of the mail when the server has replied, or the connection has ended
 */
export async function recordLateReply(
  services: Services,
  deliveryId: string,
  later: Promise<SendResult>,
): Promise<void> {
  const feedback = feedbackOf(deliveryId, await later);
  if (!feedback) return;
  const event = { source: SOURCE, id: newId(), feedback: [feedback] };
  try {
    while (!await tryRecord(services, event)) {
      await new Promise((resolve) => setTimeout(resolve, RECORD_AGAIN_MS));
    }
  } catch (error) {
    const name = toTypeId("delivery", deliveryId);
    log.error("Cannot record the late reply to delivery {name}", { name, error });
  }
}

function feedbackOf(deliveryId: string, result: SendResult): Feedback | null {
  if (result.outcome === "sent") return delivered(deliveryId);
  if (result.outcome === "held") return null;
  const { type, disposition, code, message, maxAttempts } = result.error;
  if (disposition === "unknown") return null;
  return bounced(deliveryId, {
    type,
    // A late reply pauses no message, because the next mail gets the same reply in time.
    disposition: disposition === "pause" ? "retry" : disposition,
    status: code,
    reason: null,
    text: message,
    ...maxAttempts && { maxAttempts },
  });
}

/** Returns false if the event must be recorded again: UNKNOWN is not recorded yet, or the database is away. */
async function tryRecord(services: Services, event: ProviderEvent): Promise<boolean> {
  try {
    return await recordEvent(services, event) !== "early";
  } catch (error) {
    if (isTransient(error)) return false;
    throw error;
  }
}
