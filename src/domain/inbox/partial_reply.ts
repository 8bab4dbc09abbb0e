import { Allow, parse } from "partial-json";
import { z } from "zod";
import { storable } from "./reply_answer.ts";

const partialSchema = z.looseObject({
  confidence: z.number().optional(),
  text: z.string().optional(),
});

const STRINGS = /"(?:[^"\\]+|\\.)*"?/gs;
// A reply is an object with lists. The parser takes a second for 100,000 opening brackets, and reads the answer again
// with each part that arrives.
const NESTED = /(?:[[{][^[\]{}]*){3}/;

/**
 * Reads the text of a reply from an incomplete answer of the model.
 *
 * @param answer beginning of a text in JSON
 * @param minConfidence below it no text is shown
 * @returns empty if the text has not begun, or must not be shown
 */
export function partialText(answer: string, minConfidence: number): string {
  if (NESTED.test(answer.replaceAll(STRINGS, ""))) return "";
  let value: unknown;
  try {
    value = parse(answer, Allow.ALL);
  } catch {
    // The JSON has not begun or is invalid, which the check of the complete answer reports.
    return "";
  }
  const { data } = partialSchema.safeParse(value);
  if (!data || (data.confidence ?? 1) < minConfidence) return "";
  return storable(data.text ?? "").trimStart();
}
