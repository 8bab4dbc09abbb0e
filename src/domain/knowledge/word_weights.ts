import { type Connection, statement } from "../../db/database.ts";

/** A word of a mail, by which facts are searched and ranked. */
export interface WeightedWord {
  readonly word: string;
  /** Weight of a fact with the word, the larger the fewer facts have it; null: they have to be counted. */
  readonly weight: number | null;
  /** Whether facts are searched by the word. The other words only rank what was found. */
  readonly rare: boolean;
}

interface WordFrequency {
  readonly word: string;
  /** Share of the facts that contain it, 0 to 1. */
  readonly frequency: number;
  /** Number of these facts. */
  readonly count: number;
}

// The statistics of the planner, because counting a frequent word would read all facts that contain it.
const FREQUENCIES = statement<[words: string[]], WordFrequency>(
  "facts.wordFrequencies",
  `select word, frequency, frequency * greatest(reltuples, 0) as count from (
     select unnest(most_common_elems::text::text[]) as word, unnest(most_common_elem_freqs) as frequency
     from pg_stats where schemaname = 'public' and tablename = 'facts' and attname = 'search'
   ) s, (select reltuples from pg_class where oid = 'facts'::regclass) as size
   where word = any($1) order by frequency`,
);

const MAX_TEXT = 20_000;
const MAX_WORDS = 100;
// Number of facts that the words of known frequency may match together; they are read in 10 ms.
const MAX_MATCHES = 1_500;
// A mail of common words only is searched by the least common ones.
const MIN_KNOWN = 2;

/**
 * Weighs the words of a text by their rarity in the facts of the installation, so that common words of any language
 * neither match most facts nor decide their order.
 *
 * @returns at most 100 words in lower case, the rarest first
 */
export async function weighWords(db: Connection, text: string): Promise<WeightedWord[]> {
  const words = [
    ...new Set(text.slice(0, MAX_TEXT).toLowerCase().match(/[\p{L}\p{M}\p{N}]{3,}/gu)),
  ];
  if (words.length === 0) return [];
  const frequent = await db.run(FREQUENCIES, words);
  const known = new Set(frequent.map(({ word }) => word));
  // Without a frequency, a long word is more likely to be rare.
  const unknown = words.filter((word) => !known.has(word)).sort((a, b) => b.length - a.length);
  let matches = 0;
  return [
    ...unknown.map((word) => ({ word, weight: null, rare: true })),
    ...frequent.map(({ word, frequency, count }, index) => {
      matches += count;
      const rare = index < MIN_KNOWN || matches <= MAX_MATCHES;
      return { word, weight: Math.log(1 + 1 / frequency), rare };
    }),
  ].slice(0, MAX_WORDS);
}
