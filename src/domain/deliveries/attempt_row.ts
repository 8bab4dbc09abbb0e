import type { FailedTry } from "../../channels/channel.ts";
import { errorPattern } from "../problems/pattern.ts";
import { effectOf, type FinishedAttempt, isReported } from "./outcome.ts";

/** Returns the columns of an attempt, as the statement of a step reads them. */
export function attemptRow(
  { delivery, outcome, provider, durationMs, earlier }: FinishedAttempt,
): Readonly<Record<string, unknown>> {
  const effect = effectOf(outcome);
  const { status, waits, counts, retryable, waitMs, deferrals, error, suppressionReason } = effect;
  return {
    id: delivery.id,
    outcome: status,
    resumes: waits,
    counts,
    retryable,
    error_type: error?.type,
    error_code: error?.code,
    error_message: error?.message,
    pattern: error && isReported(outcome) ? errorPattern(error.message) : undefined,
    provider,
    provider_message_id: outcome.type === "sent" ? outcome.providerMessageId : null,
    // The last try began when the one before it had ended.
    duration_ms: Math.max(
      0,
      earlier.reduce((remaining, { durationMs }) => remaining - durationMs, durationMs),
    ),
    wait_ms: waitMs,
    deferrals,
    suppression_reason: suppressionReason,
    tries: suppressionReason ? 0 : earlier.length + 1,
    earlier: earlier.length > 0 ? earlierRows(earlier, durationMs) : undefined,
  };
}

/**
 * Replacer of `JSON.stringify`: PostgreSQL refuses a lone surrogate, which truncating the text of a provider
 * can produce.
 */
export function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === "string" ? value.toWellFormed() : value;
}

/** Rows of the tries at other providers: `back` tries before the last one; times in ms before its end. */
function earlierRows(earlier: readonly FailedTry[], durationMs: number) {
  let begunMs = durationMs;
  return earlier.map(({ provider, error: { type, code, message }, durationMs }, index) => {
    const begun_ms = begunMs;
    begunMs -= durationMs;
    const back = earlier.length - index;
    return { back, provider, type, code, message, begun_ms, ended_ms: begunMs };
  });
}
