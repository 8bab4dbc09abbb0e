import type { Shortcoming } from "./shortcoming.ts";

/**
 * State of a suggestion. WAITING: its job has not begun. WRITING: the model writes. READY: it is complete. FALLBACK: its
 * text is from a template. FAILED: there is no text. SENT: it was sent, edited or not.
 */
export type SuggestionStatus = "WAITING" | "WRITING" | "READY" | "FALLBACK" | "FAILED" | "SENT";

/** All states of a suggestion, in the order in which it can pass them. */
export const SUGGESTION_STATUSES: readonly SuggestionStatus[] = [
  "WAITING",
  "WRITING",
  "READY",
  "FALLBACK",
  "FAILED",
  "SENT",
];

/**
 * Outcome of a suggestion. ANSWERED_WITHOUT: the thread was answered with another text. UNUSED: a newer one replaced
 * it.
 */
export type SuggestionOutcome = "SENT_AS_IT_WAS" | "EDITED" | "ANSWERED_WITHOUT" | "UNUSED";

/** A suggested reply to the newest mail of a thread. */
export interface Suggestion {
  readonly id: string;
  readonly organizationId: string;
  readonly threadId: string;
  /** Newest mail that it answers. */
  readonly emailId: string;
  readonly status: SuggestionStatus;
  /** Suggested text; empty before the first word. */
  readonly text: string;
  /** Text edited by a person; null: not edited. */
  readonly editedText: string | null;
  readonly editedAt: Date | null;
  /** Null: it was not sent. */
  readonly sentText: string | null;
  /** Reason why the text is from a template; null otherwise. */
  readonly fallbackReason: string | null;
  /** Reason why there is no text; null otherwise. */
  readonly noDraftReason: string | null;
  /** 0 to 1; null: the model did not answer. */
  readonly confidence: number | null;
  /** Facts that the model did not know. */
  readonly missing: readonly string[];
  readonly topic: string | null;
  /** Instruction for the regeneration; null: none. */
  readonly instruction: string | null;
  readonly jobId: string;
  readonly promptId: string | null;
  readonly model: string | null;
  readonly aiCallId: string | null;
  /** In millionths of the currency; null: not known, or the model did not answer. */
  readonly costMicros: number | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly writtenAt: Date | null;
  /** Null: no outcome yet. */
  readonly outcome: SuggestionOutcome | null;
  readonly outcomeAt: Date | null;
  /** Share of the text that was sent unchanged, 0 to 1; null: not measured. */
  readonly similarity: number | null;
  readonly shortcomings: readonly Shortcoming[];
  /** Null: not rated. */
  readonly ratingGood: boolean | null;
  readonly ratingComment: string | null;
  /** Null: not rated. */
  readonly ratedAt: Date | null;
}

/** Identifies the suggestion of a thread. */
export type SuggestionRef = Pick<Suggestion, "organizationId" | "threadId">;
