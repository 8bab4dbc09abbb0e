import { distance } from "fastest-levenshtein";

/** Share of two texts that is the same, 0 to 1, by their edit distance (Levenshtein) in characters. */
export function similarityOf(before: string, after: string): number {
  const length = Math.max(before.length, after.length);
  return length === 0 ? 1 : 1 - distance(before, after) / length;
}
