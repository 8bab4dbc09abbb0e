import { columnList } from "../../db/columns.ts";
import { type Connection, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import { type Fact, FACT_FIELDS } from "./fact.ts";

const FIND = statement<[organizationId: string, ids: string[]], Fact>(
  "facts.find",
  `select ${columnList(FACT_FIELDS)} from facts where organization_id = $1 and id = any($2)`,
);

const FIND_ANYWHERE = statement<[ids: string[]], Fact>(
  "facts.findAnywhere",
  `select ${columnList(FACT_FIELDS)} from facts where id = any($1)`,
);

const FIND_SOURCES = statement<
  [factIds: string[], limit: number],
  { factId: string; emailId: string }
>(
  "facts.findSources",
  `select f.id as "factId", s.email_id as "emailId" from unnest($1::uuid[]) as f(id), lateral (
     select email_id from fact_evidence where fact_id = f.id order by email_id desc limit $2
   ) s`,
);

/** Finds facts of the caller's organization by id, in any order. */
export function factsById(
  { db }: { readonly db: Connection },
  { organizationId }: Pick<Caller, "organizationId">,
  ids: readonly string[],
): Promise<Fact[]> {
  return db.run(FIND, organizationId, [...ids]);
}

/** Finds facts by id in all organizations. The caller must check access. */
export function findFactsAnywhere({ db }: Services, ids: readonly string[]): Promise<Fact[]> {
  return db.run(FIND_ANYWHERE, [...ids]);
}

/**
 * Finds facts of the caller's organization.
 *
 * @returns the facts in the order of the ids
 * @throws {NotFoundError} naming every fact that does not exist
 */
export async function getFacts(
  services: { readonly db: Connection },
  caller: Pick<Caller, "organizationId">,
  ids: readonly string[],
): Promise<Fact[]> {
  const facts = new Map((await factsById(services, caller, ids)).map((fact) => [fact.id, fact]));
  const missing = ids.filter((id) => !facts.has(id));
  if (missing.length > 0) throw new NotFoundError(missing.map((id) => toTypeId("fact", id)));
  return ids.flatMap((id) => facts.get(id) ?? []);
}

/** Maximum number of mails that are read for a fact. */
export const MAX_SOURCES = 20;

/** Finds the newest mails that facts were learned from, at most 20 for each. */
export async function findSources(
  { db }: Services,
  factIds: readonly string[],
): Promise<Map<string, string[]>> {
  const rows = await db.run(FIND_SOURCES, [...factIds], MAX_SOURCES);
  const byFact = Map.groupBy(rows, ({ factId }) => factId);
  return new Map([...byFact].map(([id, sources]) => [id, sources.map(({ emailId }) => emailId)]));
}
