import { getLogger } from "@logtape/logtape";
import { effectOf, type FinishedAttempt } from "../domain/deliveries/outcome.ts";
import { toTypeId } from "../domain/id.ts";
import { toLogText } from "../domain/log_text.ts";

const log = getLogger(["waybill", "deliveries"]);

/** Logs why a delivery was not sent: its error, or the reason of its suppression. */
export function logUnsent(
  messageId: string,
  { delivery, outcome, provider }: FinishedAttempt,
): void {
  const { status, waits, error, suppressionReason } = effectOf(outcome);
  const ids = {
    deliveryId: toTypeId("delivery", delivery.id),
    messageId: toTypeId("message", messageId),
  };
  if (suppressionReason) {
    const text =
      "Delivery {deliveryId} of {messageId}: SUPPRESSED, recipient is listed as {reason}";
    return log.info(text, { ...ids, reason: suppressionReason });
  }
  log.warn("Delivery {deliveryId} of {messageId}: {outcome}, {type} {code}: {text}", {
    ...ids,
    // Not FAILED for a delivery that is PENDING again, so that readers of the log do not count it.
    outcome: waits ? "DEFERRED" : status,
    provider,
    type: error?.type,
    code: error?.code,
    text: error && toLogText(error.message),
  });
}
