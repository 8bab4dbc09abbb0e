import type { DeliveryError, SendResult } from "../../channels/channel.ts";
import type { EndedDelivery, PendingDelivery } from "../../domain/deliveries/delivery.ts";
import type { TakenBatch } from "../../domain/deliveries/step.ts";

// A recipient whose server throttles us this often is given up for now.
const MAX_TRIES = 10;

/** What a result means for its delivery, and for the rest of its batch. */
export interface Verdict {
  readonly ended: EndedDelivery;
  /** Set when nothing more of the batch should go out now. */
  readonly obstacle: DeliveryError | null;
}

/** Decides what becomes of a delivery: pure, from the disposition that the channel gave its failure. */
export function judge(
  { id, n, attempt, tries }: PendingDelivery,
  result: SendResult,
  batch: Pick<TakenBatch, "maxAttempts" | "onUnknown">,
  durationMs: number,
): Verdict {
  const base = { id, n, provider: result.provider, durationMs };
  if (result.outcome === "sent") {
    const { providerMessageId } = result;
    return {
      ended: {
        ...base,
        outcome: "SENT",
        counts: true,
        retryable: false,
        error: null,
        providerMessageId,
      },
      obstacle: null,
    };
  }
  const { error } = result;
  const failure = { ...base, error, providerMessageId: null };
  const failed = (retryable: boolean): Verdict => ({
    ended: { ...failure, outcome: "FAILED", counts: true, retryable },
    obstacle: null,
  });
  const deferred = (counts: boolean, obstacle: DeliveryError | null): Verdict => ({
    ended: { ...failure, outcome: "DEFERRED", counts, retryable: true },
    obstacle,
  });
  switch (error.disposition) {
    case "unknown": {
      if (batch.onUnknown === "RESEND" && attempt + 1 < batch.maxAttempts) {
        return deferred(true, null);
      }
      const ended = { ...failure, outcome: "UNKNOWN", counts: true, retryable: false } as const;
      return { ended, obstacle: null };
    }
    case "pause":
      return deferred(false, error);
    case "retry":
      // The provider failed before it heard of this recipient: the next one would meet the same.
      if (error.beforeRecipient) return deferred(false, error);
      if (error.type === "RATE_LIMIT" && tries < MAX_TRIES) return deferred(false, null);
      return failed(true);
    case "never":
    case "suppress":
      return failed(false);
  }
}
