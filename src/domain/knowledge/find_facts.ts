import { columnList } from "../../db/columns.ts";
import { type Connection, statement } from "../../db/database.ts";
import { type Fact, FACT_FIELDS } from "./fact.ts";
import { rareWords } from "./rare_words.ts";
import { scopesOf } from "./scope.ts";

/** A mail for which facts are searched. */
export interface FactQuery {
  readonly organizationId: string;
  /** Text of the mail, without quotes and signature. */
  readonly text: string;
  /** Null: not known, so that facts of every topic are found. */
  readonly topic: string | null;
  /** Address of the other party. */
  readonly sender: string;
  /** Maximum number of facts. */
  readonly limit: number;
}

/** A fact that may help to answer a mail: approved, or proposed and to be marked as such. */
export type FoundFact =
  & Pick<
    Fact,
    "id" | "kind" | "scope" | "question" | "answer" | "evidenceCount"
  >
  & { readonly state: "APPROVED" | "PROPOSED" };

const COLUMNS = columnList(FACT_FIELDS);
const IN_SCOPE = "(scope = any($2) or $3 and scope like 'topic:%')";

type Scope = [organizationId: string, scopes: string[], everyTopic: boolean];

const FIND_PREFERENCES = statement<[...Scope, limit: number], FoundFact>(
  "facts.findPreferences",
  `select ${COLUMNS} from facts
   where organization_id = $1 and ${IN_SCOPE} and kind = 'PREFERENCE' and state <> 'DISMISSED'
   order by (state = 'APPROVED') desc, evidence_count desc, id limit $4`,
);

const FIND_BY_WORDS = statement<[...Scope, words: string, limit: number], FoundFact>(
  "facts.findByWords",
  `select ${COLUMNS} from facts, to_tsquery('simple', $4) as words
   where organization_id = $1 and ${IN_SCOPE} and kind = 'FACT' and state <> 'DISMISSED'
     and search @@ words
   order by ts_rank(search, words, 1) * case state when 'APPROVED' then 2 else 1 end desc, id limit $5`,
);

const MAX_PREFERENCES = 5;

/**
 * Finds what is known for the answer to a mail: preferences of writing that are for its sender, and facts that share
 * rare words with it. Approved ones come first, then proposed ones.
 *
 * @returns at most `limit` facts
 */
export async function findFacts(
  { db }: { readonly db: Connection },
  { organizationId, text, topic, sender, limit }: FactQuery,
): Promise<FoundFact[]> {
  const { scopes, everyTopic } = scopesOf(sender, topic);
  const preferences = await db.run(
    FIND_PREFERENCES,
    organizationId,
    scopes,
    everyTopic,
    Math.min(MAX_PREFERENCES, limit),
  );
  const words = await rareWords(db, text);
  const rest = limit - preferences.length;
  const facts = words.length === 0 || rest <= 0 ? [] : await db.run(
    FIND_BY_WORDS,
    organizationId,
    scopes,
    everyTopic,
    words.map((word) => `'${word}'`).join(" | "),
    rest,
  );
  return [...preferences, ...facts].toSorted(byState);
}

function byState(a: FoundFact, b: FoundFact): number {
  return Number(b.state === "APPROVED") - Number(a.state === "APPROVED");
}
