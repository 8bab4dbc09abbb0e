import { createHash } from "node:crypto";

const DIMENSIONS = 64;

/**
 * Returns embeddings that can be foretold: the normalized sum of one vector for each word. Synonyms have the same one.
 *
 * @param synonyms word in place of which another is taken
 */
export function wordVectors(
  synonyms: Readonly<Record<string, string>>,
): (texts: readonly string[]) => number[][] {
  return (texts) =>
    texts.map((text) => {
      const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
      const sum = new Array<number>(DIMENSIONS).fill(0);
      for (const word of words) {
        const hash = createHash("sha512").update(synonyms[word] ?? word).digest();
        for (let i = 0; i < DIMENSIONS; i++) sum[i] = (sum[i] ?? 0) + ((hash[i] ?? 0) - 127.5);
      }
      const length = Math.hypot(...sum) || 1;
      return sum.map((value) => value / length);
    });
}
