import type { DeliveryError, FailedTry, Obstacle, SendResult } from "../../channels/channel.ts";
import type { SuppressionReason } from "../suppressions/suppression.ts";
import type { PendingDelivery } from "./delivery.ts";
import type { TakenBatch } from "./take.ts";

/** Result of sending one delivery: of its channel, or the recipient is on the suppression list. */
export type DeliveryResult =
  | SendResult
  | { readonly outcome: "suppressed"; readonly reason: SuppressionReason };

/** Outcome of sending one delivery. */
export type DeliveryOutcome = RecordedOutcome | HeldOutcome;

/** No provider was tried: nothing is recorded, and the delivery stays PENDING. */
export interface HeldOutcome {
  readonly type: "held";
  readonly obstacle: Obstacle;
}

/** An outcome that is recorded, as an attempt unless the recipient is suppressed. */
export type RecordedOutcome =
  /** The recipient is on the suppression list: no provider was tried, and no attempt was made. */
  | { readonly type: "suppressed"; readonly reason: SuppressionReason }
  /** A provider accepted the delivery. */
  | { readonly type: "sent"; readonly providerMessageId: string }
  /** The delivery failed, and the attempt counts. */
  | {
    readonly type: "failed";
    readonly error: DeliveryError;
    /** Whether another attempt may succeed, if the message allows one. */
    readonly retryable: boolean;
  }
  /** The delivery stays PENDING and the attempt does not count. */
  | {
    readonly type: "deferred";
    readonly error: DeliveryError;
    /** Wait before the next attempt, in milliseconds; null: until the obstacle is removed. */
    readonly waitMs: number | null;
    /** Number of times that the recipient was throttled since its last attempt that counted. */
    readonly deferrals: number;
    /** Obstacle that stops the other deliveries of the batch as well; null: none. */
    readonly obstacle: Obstacle | null;
  }
  /** The recipient may have received the mail: the delivery is UNKNOWN, or PENDING again to be resent. */
  | {
    readonly type: "unknown";
    readonly error: DeliveryError;
    readonly resend: boolean;
    /** Wait before the next attempt, in milliseconds. */
    readonly waitMs: number;
  };

/** A finished attempt to send a delivery. */
export interface FinishedAttempt {
  readonly delivery: Pick<PendingDelivery, "id" | "position" | "address">;
  readonly outcome: RecordedOutcome;
  /** The last provider tried; null: the mail was refused before any was tried. */
  readonly provider: string | null;
  /** From the start of the first try to the end of the last, in milliseconds. */
  readonly durationMs: number;
  /** Tries at other providers before the last one, oldest first. */
  readonly earlier: readonly FailedTry[];
}

// Number of consecutive throttled tries after which a delivery fails.
const MAX_DEFERRALS = 10;
// Greylisting refuses all tries for some minutes.
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
  result: DeliveryResult,
  { maxAttempts, onUnknown }: Pick<TakenBatch, "maxAttempts" | "onUnknown">,
): DeliveryOutcome {
  if (result.outcome === "held") return { type: "held", obstacle: result.obstacle };
  if (result.outcome === "suppressed") return { type: "suppressed", reason: result.reason };
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
      // Put back once only, because a recipient that always refuses the sender would pause the message for ever.
      if (error.refusesSender && obstacle) {
        if (deferrals > 0) return { type: "failed", error, retryable: false };
        return { type: "deferred", error, waitMs: null, deferrals: 1, obstacle };
      }
      // The provider failed, so that the next delivery would fail, too: the batch waits.
      if (error.disposition === "pause" || error.beforeRecipient) {
        return { type: "deferred", error, waitMs: obstacle ? null : waitMs, deferrals, obstacle };
      }
      if (isThrottled(error) && deferrals < MAX_DEFERRALS) {
        return { type: "deferred", error, waitMs, deferrals: deferrals + 1, obstacle: null };
      }
      return { type: "failed", error, retryable: attempt + 1 < (error.maxAttempts ?? Infinity) };
    case "never":
    case "suppress":
      return { type: "failed", error, retryable: false };
  }
}

// A full mailbox is the recipient's, not a limit of the provider, so it uses up attempts.
function isThrottled({ type, code }: DeliveryError): boolean {
  return type === "RATE_LIMIT" && code !== "MAILBOX_FULL";
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

/** Effect of an outcome on the row of the delivery and on the batch. */
export interface OutcomeEffect {
  /** Outcome of the attempt, and status of the delivery unless it is PENDING again. */
  readonly status: "SENT" | "FAILED" | "UNKNOWN" | "SUPPRESSED";
  /** Whether the delivery is PENDING again. */
  readonly waits: boolean;
  /** Whether the attempt counts against the attempts of the message. */
  readonly counts: boolean;
  readonly retryable: boolean;
  /** Whether the recipient is added to the suppression list. */
  readonly suppresses: boolean;
  /** Wait before the next attempt, in milliseconds; null: none. */
  readonly waitMs: number | null;
  readonly deferrals: number;
  readonly error: DeliveryError | null;
  /** Reason why no attempt was made; null: an attempt was made. */
  readonly suppressionReason: SuppressionReason | null;
}

const FINAL = {
  waits: false,
  counts: true,
  retryable: false,
  suppresses: false,
  deferrals: 0,
  suppressionReason: null,
};

/** Derives the effect of an outcome. All code that records or reports outcomes uses it. */
export function effectOf(outcome: RecordedOutcome): OutcomeEffect {
  switch (outcome.type) {
    case "suppressed": {
      const { reason: suppressionReason } = outcome;
      const nothing = { counts: false, waitMs: null, error: null };
      return { ...FINAL, ...nothing, status: "SUPPRESSED", suppressionReason };
    }
    case "sent":
      return { ...FINAL, status: "SENT", waitMs: null, error: null };
    case "failed": {
      const { error, retryable } = outcome;
      const suppresses = error.disposition === "suppress";
      const waitMs = error.retryAfterMs;
      return { ...FINAL, status: "FAILED", retryable, suppresses, waitMs, error };
    }
    case "deferred": {
      const { error, waitMs, deferrals } = outcome;
      return { ...FINAL, status: "FAILED", waits: true, counts: false, waitMs, deferrals, error };
    }
    case "unknown": {
      const { error, resend, waitMs } = outcome;
      return { ...FINAL, status: "UNKNOWN", waits: resend, waitMs, error };
    }
  }
}
