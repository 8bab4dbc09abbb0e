import { distance } from "fastest-levenshtein";

// The time grows with the product of the lengths: this one takes some milliseconds.
const MAX_LENGTH = 5_000;

/**
 * Share of two texts that is the same, 0 to 1, by their edit distance (Levenshtein) in characters. Of longer texts the
 * first 5,000 characters are compared.
 */
export function similarityOf(before: string, after: string): number {
  const [a, b] = [before.slice(0, MAX_LENGTH), after.slice(0, MAX_LENGTH)];
  const length = Math.max(a.length, b.length);
  return length === 0 ? 1 : 1 - distance(a, b) / length;
}
