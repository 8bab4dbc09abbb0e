import type { DeliveryError, SendResult } from "../../channels/channel.ts";
import type { EndedDelivery, PendingDelivery } from "../../domain/deliveries/delivery.ts";
import type { TakenBatch } from "../../domain/deliveries/step.ts";

// A recipient whose server throttles us this often is given up for now.
const MAX_DEFERRALS = 10;
// Greylisting lets nobody in for some minutes.
const FIRST_WAIT_MS = 30_000;
const MAX_WAIT_MS = 15 * 60_000;

/** What a result means for its delivery, and for the rest of its batch. */
export interface Verdict {
  readonly ended: EndedDelivery;
  /** Set when nothing more of the batch should go out now. */
  readonly obstacle: DeliveryError | null;
  /** How long a delivery that goes on waiting should wait, in milliseconds. */
  readonly waitMs: number;
  /** The address is not to be tried again, by any message. */
  readonly suppress: boolean;
}

/** Decides what becomes of a delivery: pure, from the disposition that the channel gave its failure. */
export function judge(
  { id, n, attempt, deferrals }: PendingDelivery,
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
        again: false,
        counts: true,
        retryable: false,
        waitMs: null,
        error: null,
        providerMessageId,
      },
      obstacle: null,
      waitMs: 0,
      suppress: false,
    };
  }
  const { error } = result;
  const failure = { ...base, error, waitMs: error.retryAfterMs, providerMessageId: null };
  const waitMs = error.retryAfterMs ?? Math.min(FIRST_WAIT_MS * 2 ** deferrals, MAX_WAIT_MS);
  const failed = (retryable: boolean): Verdict => ({
    ended: { ...failure, outcome: "FAILED", again: false, counts: true, retryable },
    obstacle: null,
    waitMs: 0,
    suppress: error.disposition === "suppress",
  });
  const deferred = (obstacle: DeliveryError | null): Verdict => ({
    ended: { ...failure, outcome: "FAILED", again: true, counts: false, retryable: true },
    obstacle,
    waitMs,
    suppress: false,
  });
  switch (error.disposition) {
    case "unknown": {
      const again = batch.onUnknown === "RESEND" && attempt + 1 < batch.maxAttempts;
      return {
        ended: { ...failure, outcome: "UNKNOWN", again, counts: true, retryable: false },
        obstacle: null,
        waitMs,
        suppress: false,
      };
    }
    case "pause":
      return deferred(error);
    case "retry":
      // The provider failed before it heard of this recipient: the next one would meet the same.
      if (error.beforeRecipient) return deferred(error);
      if (error.type === "RATE_LIMIT" && deferrals < MAX_DEFERRALS) return deferred(null);
      return failed(attempt + 1 < (error.maxAttempts ?? Infinity));
    case "never":
    case "suppress":
      return failed(false);
  }
}
