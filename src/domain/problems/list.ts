import { type RawBuilder, sql } from "kysely";
import { columnList, type TableOf } from "../../db/columns.ts";
import { queryBuilder, statement } from "../../db/database.ts";
import { type Caller, organizationsOf, requireAdmin } from "../access/access.ts";
import { NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import { listPage, type Page, type PageArgs, type Sort } from "../page.ts";
import type { Services } from "../services.ts";
import type { Problem, ProblemSource, ProblemState } from "./problem.ts";

/** Filter of a list of problems: fields are combined with AND, values of a field with OR. */
export interface ProblemFilter {
  readonly ids?: readonly string[] | null;
  readonly states?: readonly ProblemState[] | null;
  readonly sources?: readonly ProblemSource[] | null;
  /** Part of the text, code, type, kind, channel or provider, in any case. */
  readonly search?: string | null;
  /** Failed at this time or later. */
  readonly since?: Date | null;
}

const COLUMNS = [
  "id",
  "organization_id as organizationId",
  "source",
  "origin",
  "provider",
  "error_type as errorType",
  "code",
  "pattern",
  "state",
  "count",
  "affected_count as affectedCount",
  "first_seen_at as firstSeenAt",
  "last_seen_at as lastSeenAt",
  "reopened_at as reopenedAt",
  "changed_at as changedAt",
  "changed_by as changedBy",
  "note",
  "ignored_until as ignoredUntil",
  "ignored_per_hour as ignoredPerHour",
] as const;

interface Tables {
  problems: TableOf<Problem, typeof COLUMNS>;
}

/** Columns of a problem, under the names of `Problem`. */
export const PROBLEM_COLUMNS = columnList(COLUMNS);

const FIND = statement<[organizationIds: string[], ids: string[]], Problem>(
  "problems.find",
  `select ${PROBLEM_COLUMNS} from problems where organization_id = any($1) and id = any($2)`,
);

const LAST_SEEN: Sort = {
  name: "last_seen_at desc",
  keys: [
    { expression: sql.ref("last_seen_at"), type: "timestamptz" },
    { expression: sql.ref("id"), type: "uuid" },
  ],
  direction: "desc",
};

/**
 * Reads a page of the organization's problems, latest failure first; for the OPERATOR also those of the jobs of the
 * installation, such as the built-in schedules start.
 *
 * @throws {ForbiddenError} for a MEMBER, because problems name failures of the jobs and messages of all users
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
 */
export async function listProblems(
  { db }: Services,
  caller: Caller,
  { ids, states, sources, search, since }: ProblemFilter,
  page: PageArgs,
): Promise<Page<Problem>> {
  requireAdmin(caller, "see problems");
  let query = queryBuilder<Tables>().selectFrom("problems").select(COLUMNS)
    .where("organization_id", "in", organizationsOf(caller));
  if (ids) query = query.where("id", "in", [...ids]);
  if (states) query = query.where("state", "in", [...states]);
  if (sources) query = query.where("source", "in", [...sources]);
  if (since) query = query.where("last_seen_at", ">=", since);
  if (search) query = query.where(matches(search));
  return await listPage(db, query, LAST_SEEN, page);
}

/** Finds problems that the caller may see by id; none for a MEMBER. */
export async function findProblems(
  { db }: Services,
  caller: Caller,
  ids: readonly string[],
): Promise<Problem[]> {
  return caller.role === "MEMBER" ? [] : await db.run(FIND, organizationsOf(caller), [...ids]);
}

/**
 * Finds a problem that the caller may see.
 *
 * @throws {NotFoundError}
 */
export async function getProblem(
  services: Services,
  caller: Caller,
  id: string,
): Promise<Problem> {
  const [problem] = await findProblems(services, caller, [id]);
  if (!problem) throw new NotFoundError([toTypeId("problem", id)]);
  return problem;
}

/**
 * Builds the condition that a row of `deliveries` or `jobs` had this problem at its last failure.
 *
 * @param row alias of the row, whose organization the query has restricted to that of the caller
 * @param problemId an unknown id, or one of another organization, matches nothing
 */
export function hasProblem(
  row: string,
  caller: Caller,
  problemId: string,
): RawBuilder<boolean> {
  // The organization is compared, too, because the OPERATOR sees jobs of two.
  return sql<boolean>`(${sql.ref(`${row}.fingerprint`)}, ${sql.ref(`${row}.organization_id`)}) =
    (select fingerprint, organization_id from problems
     where id = ${problemId} and organization_id = any(${organizationsOf(caller)}))`;
}

function matches(search: string): RawBuilder<boolean> {
  const pattern = `%${search.replaceAll("\0", "").replaceAll(/[\\%_]/g, "\\$&")}%`;
  return sql<boolean>`concat_ws(' ', origin, provider, error_type, code, pattern) ilike ${pattern}`;
}
