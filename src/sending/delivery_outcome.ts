import type { Obstacle, SendResult } from "../channels/channel.ts";
import type { EndedDelivery, PendingDelivery } from "../domain/deliveries/delivery.ts";
import type { TakenBatch } from "../domain/deliveries/take.ts";

// A recipient whose server throttles us this often is given up for now.
const MAX_DEFERRALS = 10;
// Greylisting lets nobody in for some minutes.
const FIRST_WAIT_MS = 30_000;
const MAX_WAIT_MS = 15 * 60_000;

/** What a result means for its delivery, and for the rest of its batch. */
export interface Verdict {
  readonly ended: EndedDelivery;
  /** Set when nothing more of the batch should go out now. */
  readonly obstacle: Obstacle | null;
  /** The address is not to be tried again, by any message. */
  readonly suppress: boolean;
}

/** What came back of a mail that somebody was asked to take. */
export type AskedResult = Exclude<SendResult, { outcome: "held" }>;

/** Decides what becomes of a delivery: pure, from the disposition that the channel gave its failure. */
export function judge(
  { id, n, attempt, deferrals }: Pick<PendingDelivery, "id" | "n" | "attempt" | "deferrals">,
  result: AskedResult,
  batch: Pick<TakenBatch, "maxAttempts" | "onUnknown">,
  durationMs: number,
): Verdict {
  const base = { id, n, provider: result.provider, durationMs, earlier: result.earlier ?? [] };
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
        deferrals: 0,
        error: null,
        providerMessageId,
      },
      obstacle: null,
      suppress: false,
    };
  }
  const { error } = result;
  const failure = {
    ...base,
    error,
    waitMs: error.retryAfterMs,
    deferrals: 0,
    providerMessageId: null,
  };
  const failed = (retryable: boolean): Verdict => ({
    ended: { ...failure, outcome: "FAILED", again: false, counts: true, retryable },
    obstacle: null,
    suppress: error.disposition === "suppress",
  });
  const deferred = (wait: Pick<EndedDelivery, "waitMs" | "deferrals">): EndedDelivery => ({
    ...failure,
    ...wait,
    outcome: "FAILED",
    again: true,
    counts: false,
    retryable: true,
  });
  const throttledMs = error.retryAfterMs ?? Math.min(FIRST_WAIT_MS * 2 ** deferrals, MAX_WAIT_MS);
  // It is not the recipient that is put off: the next one would meet the same. The batch waits.
  const heldUp = ({ obstacle = { error, providers: [] } } = result): Verdict => ({
    ended: deferred({ waitMs: obstacle ? null : throttledMs, deferrals }),
    obstacle,
    suppress: false,
  });
  switch (error.disposition) {
    case "unknown": {
      const again = batch.onUnknown === "RESEND" && attempt + 1 < batch.maxAttempts;
      return {
        ended: {
          ...failure,
          outcome: "UNKNOWN",
          again,
          counts: true,
          retryable: false,
          waitMs: throttledMs,
        },
        obstacle: null,
        suppress: false,
      };
    }
    case "pause":
      return heldUp();
    case "retry":
      if (error.beforeRecipient) return heldUp();
      if (error.type === "RATE_LIMIT" && deferrals < MAX_DEFERRALS) {
        const ended = deferred({ waitMs: throttledMs, deferrals: deferrals + 1 });
        return { ended, obstacle: null, suppress: false };
      }
      return failed(attempt + 1 < (error.maxAttempts ?? Infinity));
    case "never":
    case "suppress":
      return failed(false);
  }
}
