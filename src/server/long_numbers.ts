import { toNumberOrText } from "../domain/json_number.ts";
import { nestsDeeper } from "../domain/nesting.ts";

/** Number that `toNumberOrText` may return as text; also matches some texts inside strings. */
const LONG_NUMBER = /[:[,]\s*-?(?:\d[\d.]{15}|[\d.]+e)/i;
// More than any valid request has. JSON.parse() with a reviver recurses.
const MAX_LEVELS = 100;

/**
 * Replaces the numbers in JSON that a double cannot hold by their text, because JSON.parse() would round
 * them.
 *
 * @returns `json` unchanged if it has no such number, is invalid, or nests so deeply that it is refused
 */
export function quoteLongNumbers(json: string): string {
  if (!LONG_NUMBER.test(json)) return json;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    // The caller's own parser reports the fault.
    return json;
  }
  return nestsDeeper(value, MAX_LEVELS) ? json : JSON.stringify(JSON.parse(json, keepDigits));
}

// The types of TypeScript lack the third parameter, which has the text of a number.
function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  return typeof value === "number" && source !== undefined ? toNumberOrText(source) : value;
}
