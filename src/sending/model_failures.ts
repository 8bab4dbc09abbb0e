import type { ModelError } from "../ai/openai_failure.ts";
import { JobFailure } from "../domain/jobs/outcome.ts";
import { ModelUnavailable } from "./model_caller.ts";

/** Error for a model without a price under a budget. */
export function priceUnknown(model: string): JobFailure {
  const message = `Cannot ask model ${model} under a budget: it has no price; an OPERATOR sets ` +
    "one by setAiPrice";
  return new JobFailure("PRICE_UNKNOWN", message, { retryable: false });
}

/** Error for a call that the budget refuses until a time. */
export function unavailableUntil(until: Date): ModelUnavailable {
  const delayMs = Math.max(0, until.getTime() - Date.now());
  return new ModelUnavailable(delayMs, { reason: "BUDGET", providerId: null });
}

/** Error for a call that has failed. */
export function failureOf(
  { type, code, message, disposition, retryAfterMs }: ModelError,
): JobFailure {
  return new JobFailure(type, message, { code, retryable: disposition !== "never", retryAfterMs });
}
