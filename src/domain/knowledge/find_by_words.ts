import { columnList } from "../../db/columns.ts";
import { type Connection, statement } from "../../db/database.ts";
import { FACT_FIELDS, type FoundFact } from "./fact.ts";
import { IN_SCOPE, type ScopeParameters } from "./scope.ts";
import { weighWords } from "./word_weights.ts";

// A word without a known frequency is in fewer facts than this, unless the planner has no statistics yet.
const MAX_FACTS_OF_WORD = 1_000;
const CANDIDATES = 100;
// Rarity decides, and approval among facts that fit almost equally.
const APPROVED_FACTOR = 1.1;

// Inverse document frequency, as in BM25, without its limits for repeated words and long texts, because facts are short.
// The planner would estimate a search for all words at once by their sum, so each is searched by itself in the index.
const FIND = statement<[...ScopeParameters, words: string, limit: number], FoundFact>(
  "facts.findByWords",
  `with words as materialized (
     select word, to_tsquery('simple', '''' || word || '''') as query, weight, rare
     from json_to_recordset($4::json) as w(word text, weight float8, rare bool)
   ),
   hits as materialized (
     select w.word, w.weight, f.id from words w cross join lateral (
       select id from facts
       where organization_id = $1 and ${IN_SCOPE} and kind = 'FACT' and state <> 'DISMISSED'
         and search @@ w.query limit ${MAX_FACTS_OF_WORD}) f
     where w.rare
   ),
   counted as (
     select id, coalesce(weight, ln(1 + greatest(
         (select reltuples from pg_class where oid = 'facts'::regclass), ${MAX_FACTS_OF_WORD})
       / count(*) over (partition by word))) as weight
     from hits
   ),
   found as (
     select id, sum(weight) as score from counted group by id order by 2 desc, id limit ${CANDIDATES}
   )
   select ${columnList(FACT_FIELDS)} from found join facts f using (id)
   order by (score + coalesce((
       select sum(weight) from words w where not w.rare and f.search @@ w.query), 0))
     * case state when 'APPROVED' then ${APPROVED_FACTOR} else 1 end desc, id limit $5`,
);

/**
 * Finds facts that share words with a text: those first whose common words are the rarest together, so that one rare
 * word, as a name or a number, does not displace a fact with several words of the question.
 *
 * @param scope facts that are for the mail
 * @returns at most `limit` facts, the best first
 */
export async function findByWords(
  db: Connection,
  scope: ScopeParameters,
  text: string,
  limit: number,
): Promise<FoundFact[]> {
  const words = await weighWords(db, text);
  return words.length === 0 ? [] : await db.run(FIND, ...scope, JSON.stringify(words), limit);
}
