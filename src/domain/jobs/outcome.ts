import type { JobError } from "./job.ts";

/**
 * Reason why a job waits. PROVIDER_OPEN: the circuit of its provider is open. RATE_LIMIT: the provider
 * throttles, or its rate limit is used up. BACKOFF: the recipients are due later.
 * BUDGET: the budget of the day for the language model is used up. BEHIND: an earlier job of the same user runs.
 */
export type WaitReason = "PROVIDER_OPEN" | "RATE_LIMIT" | "BACKOFF" | "BUDGET" | "BEHIND";

/** The cause of a job's wait. */
export interface JobWait {
  readonly reason: WaitReason;
  /** Provider whose error stops the job. Another one may end the wait earlier. Null: none. */
  readonly providerId: string | null;
}

/**
 * Outcome of an attempt whose handler did not throw.
 * `alreadySettled`: the handler has settled the job in a transaction of its own.
 */
export type Outcome =
  | { readonly kind: "done" }
  | { readonly kind: "snooze"; readonly delayMs: number; readonly wait: JobWait | null }
  | { readonly kind: "cancel" }
  | { readonly kind: "alreadySettled" };

/** The job is finished. */
export const done: Outcome = { kind: "done" };
/** The job was cancelled by a user. */
export const cancelled: Outcome = { kind: "cancel" };
/** The handler has settled the job. */
export const alreadySettled: Outcome = { kind: "alreadySettled" };

/**
 * The job continues after `delayMs` milliseconds; the attempt does not count.
 *
 * @param wait cause of the wait; null: none to show to users
 */
export function snooze(delayMs: number, wait: JobWait | null = null): Outcome {
  return { kind: "snooze", delayMs, wait };
}

/** A failure that the handler has classified. Any other error of a handler is INTERNAL and retried. */
export class JobFailure extends Error {
  override readonly name = "JobFailure";

  /**
   * @param type as in `Job.error.type`
   * @param options.code code of the external service
   * @param options.retryable false: no further attempt
   * @param options.retryAfterMs minimum wait before the next attempt; absent: the backoff decides
   */
  constructor(
    readonly type: string,
    message: string,
    readonly options: {
      readonly code?: string | null;
      readonly retryable?: boolean;
      readonly retryAfterMs?: number | null;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
  }
}

const MAX_MESSAGE = 2_000;
const UNCLASSIFIED: Pick<JobFailure, "type" | "options"> = { type: "INTERNAL", options: {} };

/** Converts a thrown value to an error that can be stored. */
export function jobError(thrown: unknown): JobError {
  const { type, options } = thrown instanceof JobFailure ? thrown : UNCLASSIFIED;
  return {
    type,
    code: options.code ? storable(options.code) : null,
    message: storable(textOf(thrown)),
  };
}

// Any value can be thrown, even one that cannot be converted to a string.
function textOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return "A value was thrown that cannot be converted to text";
  }
}

// PostgreSQL refuses NUL and lone surrogates, which truncating a text can produce.
function storable(text: string): string {
  return text.replaceAll("\0", "").slice(0, MAX_MESSAGE).toWellFormed();
}

const FIRST_DELAY_MS = 2_000;
const MAX_DELAY_MS = 60 * 60_000;
const JITTER = 0.2;

/**
 * Computes the wait before the next attempt, in milliseconds: 2 s, 4 s, 8 s … up to an hour, each with
 * ± 20 % jitter, so that jobs which failed together do not retry together.
 *
 * @param attempt number of the failed attempt, from 1
 * @param retryAfterMs lower bound that the external service asked for; NaN counts as none
 * @param random a number from 0 to 1
 */
export function backoffMs(
  attempt: number,
  retryAfterMs: number | null = null,
  random: number = Math.random(),
): number {
  const exponential = Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), MAX_DELAY_MS);
  const jittered = exponential * (1 - JITTER + 2 * JITTER * random);
  return Math.round(Math.max(jittered, retryAfterMs || 0));
}
