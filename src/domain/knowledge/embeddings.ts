import { getLogger } from "@logtape/logtape";
import { type Connection, LONG, statement } from "../../db/database.ts";
import { isUniqueViolation } from "../../db/sqlstate.ts";

const log = getLogger(["waybill", "knowledge"]);

const CREATE_EXTENSION = statement<[]>(
  "factEmbeddings.createExtension",
  "create extension if not exists vector",
);
const FIND_EXTENSION = statement<[], { exists: boolean }>(
  "factEmbeddings.findExtension",
  "select to_regtype('vector') is not null as exists",
);
// Vectors without a fixed length, because the length depends on the model.
const CREATE_TABLE = statement<[]>(
  "factEmbeddings.createTable",
  `create table if not exists fact_embeddings (
     fact_id uuid primary key references facts on delete cascade,
     model text not null,
     digest text not null,
     embedding vector not null
   )`,
);
const DESCRIBE_TABLE = statement<[]>(
  "factEmbeddings.describeTable",
  `comment on table fact_embeddings is
     'Embeddings of facts, each of the text that facts.digest names. The program creates it if it can.'`,
);

/**
 * Creates the table of embeddings. It is part of no migration, because the extension pgvector is not installed
 * everywhere.
 *
 * @returns false: the database has no pgvector, and facts are found by words only
 */
export async function prepareEmbeddings(db: Connection): Promise<boolean> {
  // Only a superuser may create it; another process may have done so.
  const refusal = await db.run(CREATE_EXTENSION).then(() => null, (error) => error);
  const [extension] = await db.run(FIND_EXTENSION);
  if (!extension?.exists) {
    log.warn("Facts are found by words alone, because pgvector is missing: {refusal}", { refusal });
    return false;
  }
  // If another process creates the table at the same time, `if not exists` does not prevent a unique violation.
  await db.run(CREATE_TABLE).catch((error) => {
    if (!isUniqueViolation(error)) throw error;
  });
  await db.run(DESCRIBE_TABLE);
  return true;
}

/** A fact without an embedding of its present text. */
export interface FactText {
  readonly id: string;
  readonly digest: string;
  readonly question: string;
  readonly answer: string;
}

const MISSING = `f.state <> 'DISMISSED' and not exists (
  select from fact_embeddings e where e.fact_id = f.id and e.model = $1 and e.digest = f.digest)`;

const FIND_MISSING = statement<[model: string, organizationId: string, limit: number], FactText>(
  "factEmbeddings.findMissing",
  `select id, digest, question, answer from facts f
   where organization_id = $2 and ${MISSING} order by id limit $3`,
  LONG,
);

const ORGANIZATIONS = statement<[model: string], { id: string }>(
  "factEmbeddings.organizations",
  `select distinct organization_id as id from facts f where ${MISSING}`,
  LONG,
);

// A fact that was deleted meanwhile gets none.
const STORE = statement<[model: string, ids: string[], digests: string[], vectors: string[]]>(
  "factEmbeddings.store",
  `insert into fact_embeddings (fact_id, model, digest, embedding)
   select f.id, $1, r.digest, r.embedding::vector
   from unnest($2::uuid[], $3::text[], $4::text[]) as r(id, digest, embedding)
   join facts f on f.id = r.id
   on conflict (fact_id) do update set model = excluded.model, digest = excluded.digest,
     embedding = excluded.embedding`,
  LONG,
);

/** Finds facts of an organization without an embedding of a model, oldest first. */
export function factsWithoutEmbedding(
  db: Connection,
  model: string,
  organizationId: string,
  limit: number,
): Promise<FactText[]> {
  return db.run(FIND_MISSING, model, organizationId, limit);
}

/** Finds the organizations that have facts without an embedding of a model. */
export async function organizationsWithoutEmbeddings(
  db: Connection,
  model: string,
): Promise<string[]> {
  return (await db.run(ORGANIZATIONS, model)).map(({ id }) => id);
}

/** Stores the embeddings of facts. */
export async function storeEmbeddings(
  db: Connection,
  model: string,
  facts: readonly FactText[],
  vectors: readonly (readonly number[])[],
): Promise<void> {
  const ids = facts.map(({ id }) => id);
  await db.run(STORE, model, ids, facts.map(({ digest }) => digest), vectors.map(vectorText));
}

/** The text form of a vector in pgvector. */
export function vectorText(vector: readonly number[]): string {
  return `[${vector.join(",")}]`;
}
