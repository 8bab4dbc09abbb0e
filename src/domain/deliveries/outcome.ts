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
  /** The delivery failed and the attempt counts, but it is PENDING again for the next one. */
  | {
    readonly type: "retried";
    readonly error: DeliveryError;
    /** Wait before the next attempt, in milliseconds. */
    readonly waitMs: number;
  }
  /** The delivery stays PENDING and the attempt does not count. */
  | {
    readonly type: "deferred";
    readonly error: DeliveryError;
    /** Wait before the next attempt, in milliseconds; null: until the obstacle is removed. */
    readonly waitMs: number | null;
    /** Number of tries since its last attempt that counted. */
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

// Number of consecutive throttled tries, about 33 hours, after which an attempt counts. Three attempts
// then last about five days, which RFC 5321 section 4.5.4.1 recommends.
const MAX_DEFERRALS = 10;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
// Greylisting refuses all tries for a few minutes; a full disk or a failing lookup may last for hours.
const WAITS_MS = [MINUTE_MS / 2, 2 * MINUTE_MS, 10 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS];
const MAX_WAIT_MS = 6 * HOUR_MS;
const JITTER = 0.2;
// Time in which a server may still reply to the content of a mail (RFC 5321 section 4.5.3.2.6).
const LATE_REPLY_MS = 10 * MINUTE_MS;

/** Settings of the message that decide whether a delivery is sent again. */
type RetrySettings = Pick<
  TakenBatch,
  "maxAttempts" | "onUnknown" | "retryMode" | "retryBackoff"
>;

/** Attempts and deferrals of a delivery before the present try. */
type EarlierTries = Pick<PendingDelivery, "attempt" | "deferrals">;

/**
 * Decides the outcome of a delivery, by the disposition that the channel gave its failure. Pure.
 *
 * @param settings retry settings of its message
 * @param random a number from 0 to 1, for the jitter of waits
 */
export function outcomeOf(
  delivery: EarlierTries,
  result: DeliveryResult,
  settings: RetrySettings,
  random: number = Math.random(),
): DeliveryOutcome {
  if (result.outcome === "held") return { type: "held", obstacle: result.obstacle };
  if (result.outcome === "suppressed") return { type: "suppressed", reason: result.reason };
  if (result.outcome === "sent") {
    return { type: "sent", providerMessageId: result.providerMessageId };
  }
  const { error, obstacle = { error, providers: [] } } = result;
  const { attempt, deferrals } = delivery;
  const waitMs = error.retryAfterMs ?? growingWaitMs(attempt + deferrals, random);
  switch (error.disposition) {
    case "unknown": {
      const resend = settings.onUnknown === "RESEND" && attempt + 1 < settings.maxAttempts;
      const resendMs = result.later ? Math.max(waitMs, LATE_REPLY_MS) : waitMs;
      return { type: "unknown", error, resend, waitMs: resendMs };
    }
    case "pause":
    case "retry":
      return outcomeOfProviderFailure(delivery, error, obstacle, waitMs) ??
        outcomeOfTemporaryFailure(delivery, error, settings, waitMs);
    case "never":
    case "suppress":
      return { type: "failed", error, retryable: false };
  }
}

/** Outcome of a failure of the provider, which uses no attempt; null: the attempt may count. */
function outcomeOfProviderFailure(
  { deferrals }: EarlierTries,
  error: DeliveryError,
  obstacle: Obstacle | null,
  waitMs: number,
): RecordedOutcome | null {
  // Put back once only, because a recipient that always refuses the sender would pause the message for ever.
  if (error.refusesSender && obstacle) {
    if (deferrals > 0) return { type: "failed", error, retryable: false };
    return { type: "deferred", error, waitMs: null, deferrals: 1, obstacle };
  }
  if (error.disposition !== "pause" && !error.beforeRecipient) return null;
  // The next delivery would fail, too: the batch waits.
  if (obstacle) return { type: "deferred", error, waitMs: null, deferrals, obstacle };
  return { type: "deferred", error, waitMs, deferrals: deferrals + 1, obstacle };
}

function outcomeOfTemporaryFailure(
  { attempt, deferrals }: EarlierTries,
  error: DeliveryError,
  { maxAttempts, retryMode, retryBackoff }: RetrySettings,
  waitMs: number,
): RecordedOutcome {
  if (isThrottled(error) && deferrals < MAX_DEFERRALS) {
    return { type: "deferred", error, waitMs, deferrals: deferrals + 1, obstacle: null };
  }
  if (error.maxAttempts !== undefined && attempt + 1 >= error.maxAttempts) {
    return { type: "failed", error, retryable: false };
  }
  const backsOff = retryMode === "AUTO" && retryBackoff === "GROWING";
  if (!backsOff || attempt + 1 >= maxAttempts) return { type: "failed", error, retryable: true };
  const isFirstLoss = isLostConnection(error) && attempt + deferrals === 0;
  return { type: "retried", error, waitMs: isFirstLoss ? 0 : waitMs };
}

// A full mailbox is the recipient's, not a limit of the provider, so it uses up attempts.
function isThrottled({ type, code }: DeliveryError): boolean {
  return type === "RATE_LIMIT" && code !== "MAILBOX_FULL";
}

// Another connection may work at once, so that the first loss needs no wait.
function isLostConnection({ type, noAnswer }: DeliveryError): boolean {
  return type === "NETWORK" && noAnswer === true;
}

/**
 * Computes the wait before the next try of a delivery, in milliseconds: 30 s, 2, 10, 30 min, 2 h, then 6 h,
 * each with ± 20 % jitter, so that deliveries which failed together are not tried together again.
 *
 * @param tries number of earlier attempts and deferrals
 * @param random a number from 0 to 1
 */
export function growingWaitMs(tries: number, random: number = Math.random()): number {
  return Math.round((WAITS_MS[tries] ?? MAX_WAIT_MS) * (1 - JITTER + 2 * JITTER * random));
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

/**
 * Whether a failure is counted as a problem. A wait for one recipient, such as greylisting, is not; an
 * obstacle that stops the batch is.
 */
export function isReported(outcome: RecordedOutcome): boolean {
  return outcome.type !== "deferred" || outcome.obstacle !== null;
}

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
    case "retried": {
      const { error, waitMs } = outcome;
      return { ...FINAL, status: "FAILED", waits: true, retryable: true, waitMs, error };
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
