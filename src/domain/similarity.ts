import { distance } from "fastest-levenshtein";

// The time is quadratic in the length: this one takes a few milliseconds.
const MAX_LENGTH = 5_000;

/**
 * Similarity of two texts, 0 to 1, by their edit distance (Levenshtein) in characters. Only the first 5,000 characters
 * are compared.
 */
export function similarityOf(before: string, after: string): number {
  const [a, b] = [before.slice(0, MAX_LENGTH), after.slice(0, MAX_LENGTH)];
  const length = Math.max(a.length, b.length);
  return length === 0 ? 1 : 1 - distance(a, b) / length;
}
