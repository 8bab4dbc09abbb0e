import { sql } from "kysely";
import type { TableOf } from "../../db/columns.ts";
import { queryBuilder } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { listPage, type Page, type PageArgs, type Sort } from "../page.ts";
import type { Services } from "../services.ts";
import { wordQuery } from "../word_query.ts";
import { type Fact, FACT_FIELDS, type FactState } from "./fact.ts";
import type { ScopeKind } from "./scope.ts";

/** Filter of a list of facts: fields are combined with AND. */
export interface FactFilter {
  readonly ids?: readonly string[] | null;
  /** Words that all occur in question or answer, in any case; the last one also matches as a prefix. */
  readonly search?: string | null;
  /** Null: all but the dismissed ones. */
  readonly states?: readonly FactState[] | null;
  /** Null: facts of every scope. */
  readonly scopes?: readonly ScopeKind[] | null;
}

interface Tables {
  facts: TableOf<Fact, typeof FACT_FIELDS>;
}

const MOST_EVIDENCE: Sort = {
  name: "evidence desc",
  keys: [
    { expression: sql.ref("evidence_count"), type: "integer" },
    { expression: sql.ref("id"), type: "uuid" },
  ],
  direction: "desc",
};

/**
 * Reads a page of the organization's facts: most evidence first; with a search, best match first.
 *
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
 */
export function listFacts(
  { db }: Services,
  { organizationId }: Pick<Caller, "organizationId">,
  { ids, search, states, scopes }: FactFilter,
  page: PageArgs,
): Promise<Page<Fact>> {
  let query = queryBuilder<Tables>().selectFrom("facts").select(FACT_FIELDS)
    .where("organization_id", "=", organizationId);
  if (ids) query = query.where("id", "in", [...ids]);
  query = states
    ? query.where("state", "in", [...states])
    : query.where(sql<boolean>`state <> 'DISMISSED'`);
  if (scopes) {
    const kinds = scopes.map((kind) => kind.toLowerCase());
    query = query.where(sql<string>`split_part(scope, ':', 1)`, "in", kinds);
  }
  const words = search && wordQuery(search);
  if (!words) return listPage(db, query, MOST_EVIDENCE, page);
  const matching = query.where(sql<boolean>`search @@ to_tsquery('simple', ${words})`);
  return listPage(db, matching, bestMatch(words), page);
}

// A whole number, because the order of cursors must be exact.
function bestMatch(words: string): Sort {
  const rank = sql`(ts_rank_cd(search, to_tsquery('simple', ${words}), 1) * 1000000)::int`;
  return {
    name: "match desc",
    keys: [{ expression: rank, type: "integer" }, { expression: sql.ref("id"), type: "uuid" }],
    direction: "desc",
  };
}
