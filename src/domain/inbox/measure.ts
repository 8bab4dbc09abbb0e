import { replyTextOf } from "../emails/reply_text.ts";
import { similarityOf } from "../similarity.ts";
import type { Shortcoming } from "./shortcoming.ts";
import type { SuggestionOutcome, SuggestionRef } from "./suggestion.ts";

/** Comparison of a suggestion with the text that was sent. */
export interface Measure {
  /** Whether it was sent without changes, apart from white space. */
  readonly same: boolean;
  /** Share of the text that was sent unchanged, 0 to 1. */
  readonly similarity: number;
  /** Shortcomings that follow from the two texts without the model. */
  readonly shortcomings: readonly Shortcoming[];
}

/** The suggestion of an answered thread, with its outcome. */
export interface MeasuredSuggestion extends SuggestionRef {
  readonly id: string;
  readonly jobId: string;
  readonly outcome: SuggestionOutcome;
  /** Null: it had no text. */
  readonly similarity: number | null;
  readonly aiCallId: string | null;
}

const REWRITTEN_BELOW = 0.3;
const TOO_LONG_ABOVE = 1.5;

/** Compares a suggestion with the text that was sent. Quotes and signatures do not count. */
export function measure(suggested: string, sent: string): Measure {
  const [before, after] = [tidy(suggested), tidy(sent)];
  if (before === after) return { same: true, similarity: 1, shortcomings: [] };
  const similarity = similarityOf(before, after);
  if (similarity < REWRITTEN_BELOW) {
    return { same: false, similarity, shortcomings: ["REWRITTEN_WHOLE"] };
  }
  const isTooLong = before.length > after.length * TOO_LONG_ABOVE;
  return { same: false, similarity, shortcomings: isTooLong ? ["TOO_LONG"] : [] };
}

function tidy(text: string): string {
  return replyTextOf(text).replaceAll(/\s+/g, " ").trim();
}
