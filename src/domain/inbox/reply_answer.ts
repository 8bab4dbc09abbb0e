import { z } from "zod";

const MAX_TEXT = 20_000;
const MAX_MISSING = 20;
const MAX_WORDS = 300;
const MAX_TOPIC = 60;

/**
 * Answer of the model to a mail. Sources and confidence precede the text, so that the text follows from them, and is
 * not streamed to clients below the minimum confidence.
 */
export const replyAnswer = z.strictObject({
  topic: z.string().nullable(),
  sources: z.array(z.number()),
  missing: z.array(z.string()),
  confidence: z.number(),
  text: z.string(),
});

/** Answer of the model to a mail. */
export type ReplyAnswer = z.output<typeof replyAnswer>;

/** A reply to be stored. */
export interface Reply {
  readonly text: string;
  readonly topic: string | null;
  readonly missing: readonly string[];
  readonly confidence: number;
}

/**
 * Finds the faults of a reply that its schema does not express.
 *
 * @returns sentences that the model can correct its answer by; none for a valid reply
 */
export function faultsOfReply({ text, missing, confidence }: ReplyAnswer): string[] {
  const faults: string[] = [];
  if (!(confidence >= 0 && confidence <= 1)) faults.push("confidence is not between 0 and 1");
  if (text.trim() === "" && confidence > 0) faults.push("text is empty, but confidence is not 0");
  if (text.length > MAX_TEXT) faults.push(`text is longer than ${MAX_TEXT} characters`);
  if (missing.length > MAX_MISSING) faults.push(`missing has more than ${MAX_MISSING} items`);
  if (missing.some((words) => words.length > MAX_WORDS)) {
    faults.push(`an item of missing is longer than ${MAX_WORDS} characters`);
  }
  return faults;
}

/** Converts a valid answer to a reply. */
export function replyOf({ text, topic, missing, confidence }: ReplyAnswer): Reply {
  return {
    text: storable(text).trim(),
    topic: storable(topic ?? "").trim().toLowerCase().slice(0, MAX_TOPIC).toWellFormed() || null,
    missing: missing.map((words) => storable(words).trim()).filter((words) => words !== ""),
    confidence,
  };
}

/** Removes the characters that PostgreSQL refuses and a model can return. */
export function storable(text: string): string {
  return text.replaceAll("\0", "").toWellFormed();
}
