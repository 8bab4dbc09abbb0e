import { type Connection, statement } from "../../db/database.ts";

// The statistics of the planner, because counting each word would read all facts that contain it.
const FREQUENCIES = statement<[words: string[]], { word: string; frequency: number }>(
  "facts.wordFrequencies",
  `select word, frequency from (
     select unnest(most_common_elems::text::text[]) as word, unnest(most_common_elem_freqs) as frequency
     from pg_stats where schemaname = 'public' and tablename = 'facts' and attname = 'search'
   ) s where word = any($1)`,
);

const MAX_TEXT = 20_000;
const MAX_WORDS = 12;
const MIN_WORDS = 3;
// Maximum share of the facts that all words together may match: 1,500 of 100,000 are ranked in a few milliseconds.
const MAX_SHARE = 0.015;

/**
 * Chooses the words of a text by which facts are searched: the rarest ones in the facts of the installation, so that
 * common words of any language neither match most facts nor decide their order.
 *
 * @returns at most 12 words in lower case, the rarest first
 */
export async function rareWords(db: Connection, text: string): Promise<string[]> {
  const words = [
    ...new Set(text.slice(0, MAX_TEXT).toLowerCase().match(/[\p{L}\p{M}\p{N}]{3,}/gu)),
  ];
  if (words.length <= MIN_WORDS) return words;
  const rows = await db.run(FREQUENCIES, words);
  const frequencies = new Map(rows.map(({ word, frequency }) => [word, frequency]));
  const frequencyOf = (word: string) => frequencies.get(word) ?? 0;
  // Without a frequency, a long word is more likely to be rare.
  const rarest = words.toSorted((a, b) => frequencyOf(a) - frequencyOf(b) || b.length - a.length);
  let share = 0;
  return rarest.slice(0, MAX_WORDS).filter((word, index) => {
    share += frequencyOf(word);
    return index < MIN_WORDS || share <= MAX_SHARE;
  });
}
