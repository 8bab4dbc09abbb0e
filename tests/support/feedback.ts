import { bounced, type Feedback } from "../../src/domain/deliveries/feedback.ts";
import type { ProviderEvent } from "../../src/domain/deliveries/provider_event.ts";

/** An event of a provider with an id of its own. */
export function event(...feedback: readonly Feedback[]): ProviderEvent {
  return { source: "test", id: crypto.randomUUID(), feedback };
}

/** A temporary bounce because of a full mailbox. */
export function fullMailbox(deliveryId: string): Feedback {
  return bounced(deliveryId, {
    type: "RATE_LIMIT",
    disposition: "retry",
    status: "4.2.2",
    code: "MAILBOX_FULL",
    maxAttempts: 3,
    reason: null,
    text: "452 4.2.2 Mailbox full",
  });
}

/** A bounce after which the address is suppressed, or after which another attempt may succeed. */
export function bounce(deliveryId: string, permanent: boolean): Feedback {
  return bounced(deliveryId, {
    type: "INVALID_RECIPIENT",
    disposition: permanent ? "suppress" : "retry",
    status: permanent ? "5.1.1" : "4.2.0",
    reason: null,
    text: "",
  });
}
