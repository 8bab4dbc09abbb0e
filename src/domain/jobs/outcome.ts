import type { JobError } from "./job.ts";

/**
 * What a handler says of its job when it ends. Throwing means: try again.
 * `settled`: the handler has settled the job itself, in a transaction of its own.
 */
export type Outcome =
  | { readonly kind: "done" }
  | { readonly kind: "snooze"; readonly delayMs: number }
  | { readonly kind: "cancel" }
  | { readonly kind: "settled" };

/** The job is finished. */
export const done: Outcome = { kind: "done" };
/** The job is given up, as somebody wished. */
export const cancelled: Outcome = { kind: "cancel" };
/** The job is settled already. */
export const settled: Outcome = { kind: "settled" };

/** Goes on later, and counts no attempt. */
export function snooze(delayMs: number): Outcome {
  return { kind: "snooze", delayMs };
}

/** A failure that a handler understands; anything else it throws is INTERNAL and retried. */
export class JobFailure extends Error {
  override readonly name = "JobFailure";

  /**
   * @param type as in `Job.error.type`
   * @param options.code the outside's own code
   * @param options.retryable false: no further attempt
   * @param options.retryAfterMs not before; else the backoff decides
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
const UNFORESEEN: Pick<JobFailure, "type" | "options"> = { type: "INTERNAL", options: {} };

/** What is kept of anything that was thrown. */
export function jobError(thrown: unknown): JobError {
  const { type, options } = thrown instanceof JobFailure ? thrown : UNFORESEEN;
  return {
    type,
    code: options.code ? storable(options.code) : null,
    message: storable(say(thrown)),
  };
}

// Anything can be thrown, even what cannot be turned into text.
function say(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return "Something was thrown that cannot be put into words";
  }
}

// PostgreSQL takes neither NUL nor half a surrogate pair, which a cut can leave.
function storable(text: string): string {
  return text.replaceAll("\0", "").slice(0, MAX_MESSAGE).toWellFormed();
}

const FIRST_DELAY_MS = 2_000;
const MAX_DELAY_MS = 60 * 60_000;
const JITTER = 0.2;

/**
 * The wait before the next attempt: 2 s, 4 s, 8 s … up to an hour, each ± 20 % so that what failed
 * together does not come back together.
 *
 * @param attempt the one that has failed, from 1
 * @param retryAfterMs what the outside asked for: a lower bound; what is no number is none
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
