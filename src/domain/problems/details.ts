import { sql } from "kysely";
import { queryBuilder, statement } from "../../db/database.ts";
import { type Noun, toTypeId } from "../id.ts";
import { listPage, type Page, type PageArgs, type Sort } from "../page.ts";
import type { Services } from "../services.ts";
import { type Problem, PROBLEM_SOURCES } from "./problem.ts";

/** Number of failures of a problem in one hour. */
export interface ProblemCount {
  /** Start of the hour. */
  readonly at: Date;
  readonly count: number;
}

/** One failure of a problem. */
export interface ProblemExample {
  readonly at: Date;
  /** TypeID of the object that failed. */
  readonly subject: string;
  readonly message: string;
}

/** Message, job or webhook endpoint that a problem affects. */
export interface AffectedObject {
  /** TypeID of the object. */
  readonly subject: string;
  /** Number of its failures. */
  readonly count: number;
  readonly lastSeenAt: Date;
}

interface Tables {
  problem_examples: {
    problem_id: string;
    at: Date;
    id: string;
    subject_id: string;
    message: string;
  };
  problem_affected: { problem_id: string; affected_id: string; n: number; last_at: Date };
}

const TREND = statement<[problemIds: string[], hours: number], ProblemCount & { id: string }>(
  "problems.trend",
  `select p.id, g.hour as at, coalesce(h.n, 0) as count
   from unnest($1::uuid[]) p(id)
     cross join generate_series(date_trunc('hour', now(), 'UTC') - ($2::int - 1) * interval '1 hour',
       date_trunc('hour', now(), 'UTC'), interval '1 hour') g(hour)
     left join problem_hours h on h.problem_id = p.id and h.hour = g.hour
   order by 1, 2`,
);

/** Maximum number of hours of a trend: the retention of problems. */
export const MAX_TREND_HOURS = 90 * 24;

const LATEST_EXAMPLES: Sort = {
  name: "at desc",
  keys: [
    { expression: sql.ref("at"), type: "timestamptz" },
    { expression: sql.ref("id"), type: "uuid" },
  ],
  direction: "desc",
};

const NEWEST_AFFECTED: Sort = {
  name: "affected_id desc",
  keys: [{ expression: sql.ref("affected_id"), type: "uuid" }],
  direction: "desc",
};

/**
 * Reads the failures of problems by hour, oldest first, with hours without any. The caller must be allowed to
 * see the problems.
 *
 * @param hours number of hours up to the present one, 1 to 2,160
 * @returns by the id of the problem
 */
export async function readTrends(
  { db }: Services,
  problemIds: readonly string[],
  hours: number,
): Promise<Map<string, ProblemCount[]>> {
  const rows = await db.run(TREND, [...problemIds], hours);
  return Map.groupBy(rows, ({ id }) => id);
}

/** Reads the last ten failures of a problem, latest first. The caller must be allowed to see it. */
export async function listExamples(
  { db }: Services,
  { id, source }: Problem,
  args: PageArgs,
): Promise<Page<ProblemExample>> {
  const query = queryBuilder<Tables>().selectFrom("problem_examples")
    .select(["at", "subject_id as subject", "message"])
    .where("problem_id", "=", id);
  const page = await listPage(db, query, LATEST_EXAMPLES, args);
  return withTypeIds(page, PROBLEM_SOURCES[source].subject);
}

/** Reads the objects that a problem affects, newest first. The caller must be allowed to see it. */
export async function listAffected(
  { db }: Services,
  { id, source }: Problem,
  args: PageArgs,
): Promise<Page<AffectedObject>> {
  const query = queryBuilder<Tables>().selectFrom("problem_affected")
    .select(["affected_id as subject", "n as count", "last_at as lastSeenAt"])
    .where("problem_id", "=", id);
  const page = await listPage(db, query, NEWEST_AFFECTED, args);
  return withTypeIds(page, PROBLEM_SOURCES[source].affected);
}

function withTypeIds<T extends { readonly subject: string }>(page: Page<T>, noun: Noun): Page<T> {
  const edges = page.edges.map(({ node, cursor }) => ({
    cursor,
    node: { ...node, subject: toTypeId(noun, node.subject) },
  }));
  return { ...page, edges };
}
