import { JobFailure } from "../jobs/outcome.ts";

// Fixed sentences, because the message of a failure can contain text of a mail.
const BY_TYPE: Readonly<Record<string, string>> = {
  MODEL_NOT_CONFIGURED: "No language model is configured.",
  PRICE_UNKNOWN: "The language model has no price, and the organization has a budget.",
  PROMPT: "The prompt of replies cannot be rendered.",
  INVALID_ANSWER: "The language model gave no valid answer.",
  ACCESS_TOKEN: "The server of the language model refused the key.",
  RATE_LIMIT: "The server of the language model refused further requests for now.",
  CRASHED: "The worker died while it wrote the reply.",
  TIMEOUT: "The language model took too long.",
  NETWORK: "The language model could not be reached.",
};

/**
 * Returns the reason why the text of a suggestion is from the template, as one sentence without any text of a mail.
 *
 * @param cause cause of an abort, or error of the last attempt
 * @param attempts number of attempts that were made
 */
export function reasonOf(cause: unknown, attempts: number): string {
  if (cause === "cancelled") return "The job was cancelled.";
  if (cause === "timeout") return reasonOfType("TIMEOUT");
  const reason = reasonOfType(cause instanceof JobFailure ? cause.type : "INTERNAL");
  return attempts > 1 ? `${reason.slice(0, -1)}, in ${attempts} attempts.` : reason;
}

/** Returns the reason for the type of an error of a job, as one sentence. */
export function reasonOfType(type: string): string {
  return BY_TYPE[type] ?? "The language model could not write the reply.";
}
