import { Allow, parse } from "partial-json";
import { z } from "zod";
import { storable } from "./reply_answer.ts";

const partialSchema = z.looseObject({
  confidence: z.number().optional(),
  text: z.string().optional(),
});

/**
 * Reads the text of a reply from an incomplete answer of the model.
 *
 * @param answer beginning of a text in JSON
 * @param minConfidence below it no text is shown
 * @returns empty if the text has not begun, or must not be shown
 */
export function partialText(answer: string, minConfidence: number): string {
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
