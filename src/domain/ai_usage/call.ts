import { type Money, moneyOf } from "../money.ts";

/** Purpose of a call of the language model. */
export const AI_CALL_KINDS = {
  QUOTE: "Estimates of requests for quotes.",
  REPLY: "Suggested replies to mails.",
  LEARNING: "Learning from earlier mails.",
  REVIEW: "Reviews of replies that a person has edited.",
  PROMPT_TRIAL: "Trials of prompts.",
  EMBEDDING: "Embeddings of facts and mails, to find facts by meaning.",
} as const;

/** Purpose of a call of the language model. */
export type AiCallKind = keyof typeof AI_CALL_KINDS;

/**
 * Outcome of a call. INVALID_ANSWER: the answer does not match the requested format or failed the checks. UNKNOWN: the
 * process died before it recorded the outcome.
 */
export type AiCallOutcome =
  | "SUCCEEDED"
  | "INVALID_ANSWER"
  | "FAILED"
  | "TIMED_OUT"
  | "CANCELLED"
  | "UNKNOWN";

/** Currency of all prices, costs and budgets. */
export const AI_CURRENCY = "USD";

/** SQL: an amount in USD for people, from a column in millionths. */
export function usdOf(micros: string): string {
  return `trim_scale(${micros} / 1000000.0)`;
}

/** Converts a cost in millionths of a USD; null stays null: it is unknown. */
export function costOf(micros: number | null): Money | null {
  return micros === null ? null : moneyOf(BigInt(micros), AI_CURRENCY);
}
