import { bounced, type Feedback } from "../../src/domain/deliveries/feedback.ts";
import type { ProviderEvent } from "../../src/domain/deliveries/provider_event.ts";

/** An event of a provider with an id of its own. */
export function event(...feedback: readonly Feedback[]): ProviderEvent {
  return { source: "test", id: crypto.randomUUID(), feedback };
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
