import { getLogger } from "@logtape/logtape";
import { columnList } from "../../db/columns.ts";
import { LONG, statement } from "../../db/database.ts";
import type { Services } from "../services.ts";
import { vectorText } from "./embeddings.ts";
import { digestOf, FACT_FIELDS, type FoundFact } from "./fact.ts";
import { findByWords } from "./find_by_words.ts";
import { fuse } from "./fuse.ts";
import { IN_SCOPE, type ScopeParameters, scopesOf } from "./scope.ts";

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

const COLUMNS = columnList(FACT_FIELDS);

const FIND_PREFERENCES = statement<[...ScopeParameters, limit: number], FoundFact>(
  "facts.findPreferences",
  `select ${COLUMNS} from facts
   where organization_id = $1 and ${IN_SCOPE} and kind = 'PREFERENCE' and state <> 'DISMISSED'
   order by (state = 'APPROVED') desc, evidence_count desc, id limit $4`,
);

// Compares all embeddings of the organization, because an index requires vectors of one fixed length.
const FIND_NEAREST = statement<
  [...ScopeParameters, model: string, embedding: string, limit: number],
  FoundFact
>(
  "facts.findNearest",
  `select ${COLUMNS} from facts f join fact_embeddings e on e.fact_id = f.id
   where organization_id = $1 and ${IN_SCOPE} and kind = 'FACT' and state <> 'DISMISSED'
     and e.model = $4 and vector_dims(e.embedding) = vector_dims($5::vector)
   order by e.embedding <=> $5::vector limit $6`,
  LONG,
);

const MAX_PREFERENCES = 5;
// A suggestion must not wait for a slow server, because the words alone find most facts.
const EMBEDDING_LIMIT_MS = 2_000;
const MAX_TEXT = 8_000;
const log = getLogger(["waybill", "knowledge"]);

/**
 * Finds the facts for the reply to a mail: writing preferences in its scope, and facts that share rare words with it
 * or, with embeddings, are similar in meaning. Approved facts come first, then proposed ones.
 *
 * @returns at most `limit` facts
 */
export async function findFacts(
  services: Pick<Services, "db" | "embedder">,
  query: FactQuery,
): Promise<FoundFact[]> {
  const { scopes, everyTopic } = scopesOf(query.sender, query.topic);
  const scope: ScopeParameters = [query.organizationId, scopes, everyTopic];
  const [preferences, byWords, nearest] = await Promise.all([
    services.db.run(FIND_PREFERENCES, ...scope, Math.min(MAX_PREFERENCES, query.limit)),
    findByWords(services.db, scope, query.text, query.limit),
    findNearest(services, scope, query),
  ]);
  const facts = fuse([byWords, nearest], ({ state }) => state === "APPROVED" ? 2 : 1);
  return withoutRepeats([...preferences, ...facts]).slice(0, query.limit).toSorted(byState);
}

/** Keeps the first of facts with the same text, which may be stored with several scopes. */
function withoutRepeats(facts: readonly FoundFact[]): FoundFact[] {
  const byText = Map.groupBy(facts, ({ question, answer }) => digestOf(question, answer));
  return [...byText.values()].flatMap((same) => same.slice(0, 1));
}

/**
 * Finds the facts whose embeddings are nearest to that of the mail; none if the mail's embedding is not available in
 * time.
 */
async function findNearest(
  { db, embedder }: Pick<Services, "db" | "embedder">,
  scope: ScopeParameters,
  { organizationId, text, limit }: FactQuery,
): Promise<FoundFact[]> {
  if (!embedder || text.trim() === "") return [];
  try {
    const request = { organizationId, jobId: null, texts: [text.slice(0, MAX_TEXT)] };
    const [vector] = await embedder.embed(request, AbortSignal.timeout(EMBEDDING_LIMIT_MS));
    return vector
      ? await db.run(FIND_NEAREST, ...scope, embedder.model, vectorText(vector), limit)
      : [];
  } catch (error) {
    log.warn("Facts are found by words alone: the embedding of a mail failed", { error });
    return [];
  }
}

function byState(a: FoundFact, b: FoundFact): number {
  return Number(b.state === "APPROVED") - Number(a.state === "APPROVED");
}
