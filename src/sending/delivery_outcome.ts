import type { SendResult } from "../channels/channel.ts";
import type { PendingDelivery } from "../domain/deliveries/delivery.ts";
import type { DeliveryOutcome } from "../domain/deliveries/outcome.ts";
import type { TakenBatch } from "../domain/deliveries/take.ts";

// A recipient whose server has throttled us this often fails.
const MAX_DEFERRALS = 10;
// Greylisting lets nothing through for some minutes.
const FIRST_WAIT_MS = 30_000;
const MAX_WAIT_MS = 15 * 60_000;

/**
 * Decides the outcome of a delivery, by the disposition that the channel gave its failure. Pure.
 *
 * @param delivery its attempts and deferrals before this one
 * @param batch limits of its message
 */
export function outcomeOf(
  { attempt, deferrals }: Pick<PendingDelivery, "attempt" | "deferrals">,
  result: SendResult,
  { maxAttempts, onUnknown }: Pick<TakenBatch, "maxAttempts" | "onUnknown">,
): DeliveryOutcome {
  if (result.outcome === "held") return { type: "held", obstacle: result.obstacle };
  if (result.outcome === "sent") {
    return { type: "sent", providerMessageId: result.providerMessageId };
  }
  const { error, obstacle = { error, providers: [] } } = result;
  const waitMs = error.retryAfterMs ?? Math.min(FIRST_WAIT_MS * 2 ** deferrals, MAX_WAIT_MS);
  switch (error.disposition) {
    case "unknown": {
      const resend = onUnknown === "RESEND" && attempt + 1 < maxAttempts;
      return { type: "unknown", error, resend, waitMs };
    }
    case "pause":
    case "retry":
      // The failure is the provider's, and the next delivery would meet the same: the batch waits.
      if (error.disposition === "pause" || error.beforeRecipient) {
        return { type: "deferred", error, waitMs: obstacle ? null : waitMs, deferrals, obstacle };
      }
      if (error.type === "RATE_LIMIT" && deferrals < MAX_DEFERRALS) {
        return { type: "deferred", error, waitMs, deferrals: deferrals + 1, obstacle: null };
      }
      return { type: "failed", error, retryable: attempt + 1 < (error.maxAttempts ?? Infinity) };
    case "never":
    case "suppress":
      return { type: "failed", error, retryable: false };
  }
}

/** Result of a mail whose sending threw: a bug, after which the mail may have been sent. */
export const UNEXPECTED: SendResult = {
  outcome: "failed",
  provider: null,
  error: {
    type: "OTHER",
    disposition: "unknown",
    code: "INTERNAL",
    message: "Sending failed unexpectedly; see the log",
    retryAfterMs: null,
    beforeRecipient: false,
  },
};
