import { type RawBuilder, type SelectQueryBuilder, sql } from "kysely";
import type { TableOf } from "../../db/columns.ts";
import { queryBuilder } from "../../db/database.ts";
import { type Caller, organizationsOf, SYSTEM_ORGANIZATION_ID } from "../access/access.ts";
import { idBound } from "../id.ts";
import { hasProblem } from "../problems/list.ts";
import type { JOB_COLUMNS } from "./find.ts";
import type { Job, JobStatus } from "./job.ts";
import type { JobKindName } from "./kinds.ts";
import { type Lane, LANES } from "./lane.ts";

/** Filter of a list of jobs: fields are combined with AND, values of a field with OR. */
export interface JobFilter {
  readonly ids?: readonly string[] | null;
  readonly kinds?: readonly JobKindName[] | null;
  /** As the API shows them: QUEUED includes SCHEDULED. */
  readonly statuses?: readonly Exclude<JobStatus, "SCHEDULED">[] | null;
  readonly lanes?: readonly Lane[] | null;
  /** True: unfinished; false: finished. */
  readonly active?: boolean | null;
  /** TypeID of the object that the jobs work on. */
  readonly subjectId?: string | null;
  /** Id of the problem that their last failure belongs to. */
  readonly problemId?: string | null;
  readonly startedBy?: string | null;
  /** True: only jobs of the system; false: only others. */
  readonly system?: boolean | null;
  readonly createdFrom?: Date | null;
  readonly createdTo?: Date | null;
  readonly finishedFrom?: Date | null;
  readonly finishedTo?: Date | null;
  /** Types of the error of the last attempt. */
  readonly errorTypes?: readonly string[] | null;
  readonly payload?: PayloadFilter | null;
  /** Part of the payload, of the error, of the subject or of the unique key, in any case. */
  readonly search?: string | null;
}

/** A value of the payload. */
export interface PayloadFilter {
  /** Keys from the outside in; a number is a position in a list, from 0. */
  readonly path: readonly string[];
  /** The value at the path: any JSON value. */
  readonly equals: unknown;
}

/**
 * Number of jobs that a condition without an index searches: the newest ones that match the conditions with
 * an index.
 */
export const MAX_SEARCHED = 100_000;

type JobTable = TableOf<Job, typeof JOB_COLUMNS> & { readonly unique_key: string | null };
type JobQuery<Row> = SelectQueryBuilder<{ jobs: JobTable }, "jobs", Row>;

const FINISHED: JobStatus[] = ["COMPLETED", "FAILED", "CANCELLED"];
const UNFINISHED: JobStatus[] = ["QUEUED", "SCHEDULED", "PROCESSING"];

/**
 * Builds a query, still without columns, of the jobs that match a filter and that the caller may see.
 *
 * @param sorted whether the list has an order without an index, so that it must be bounded
 */
export function matchingJobs(
  caller: Caller,
  filter: JobFilter,
  sorted = false,
): JobQuery<unknown> {
  const indexed = withIndexedConditions(caller, filter);
  const searched = searchedConditions(filter);
  const bounded = (sorted || searched.length > 0) && !filter.ids;
  const conditions = bounded ? [amongNewest(indexed), ...searched] : searched;
  return conditions.reduce((query, condition) => query.where(condition), indexed);
}

function withIndexedConditions(caller: Caller, filter: JobFilter): JobQuery<unknown> {
  const { ids, subjectId, startedBy, createdFrom, createdTo, errorTypes } = filter;
  const organizations = organizationsOf(caller).filter((id) =>
    filter.system == null || (id === SYSTEM_ORGANIZATION_ID) === filter.system
  );
  let query = queryBuilder<{ jobs: JobTable }>().selectFrom("jobs");
  query = organizations.length === 0
    ? query.where(sql<boolean>`false`)
    : query.where("organization_id", "in", organizations);
  if (caller.role === "MEMBER") query = query.where("user_id", "=", caller.userId);
  if (ids) query = query.where("id", "in", [...ids]);
  if (subjectId != null) query = query.where("subject", "=", subjectId);
  if (filter.problemId != null) query = query.where(hasProblem("jobs", caller, filter.problemId));
  if (startedBy != null) query = query.where("user_id", "=", startedBy);
  // Ids sort by time and have an index, which created_at has not.
  if (createdFrom) {
    query = query.where("created_at", ">=", createdFrom).where(
      "id",
      ">=",
      idBound(createdFrom, -5),
    );
  }
  if (createdTo) {
    query = query.where("created_at", "<", createdTo).where("id", "<", idBound(createdTo, 5));
  }
  if (errorTypes) {
    query = query.where("error", "is not", null)
      .where(sql<string>`error ->> 'type'`, "in", [...errorTypes]);
  }
  return statusConditions(filter).reduce((query, condition) => query.where(condition), query);
}

// Each status but COMPLETED, the status of most jobs, has a partial index.
function statusConditions({ statuses, active }: JobFilter): RawBuilder<boolean>[] {
  const wanted = [
    ...statuses ? [storedStatuses(statuses)] : [],
    ...active == null ? [] : [active ? UNFINISHED : FINISHED],
  ];
  return wanted.filter((list) => !list.includes("COMPLETED")).map((list) => {
    const arms = list.map((status) =>
      status === "QUEUED" || status === "SCHEDULED"
        // The indexes of waiting jobs begin with the lane.
        ? sql`(status = ${sql.lit(status)} and lane in (${sql.join([...LANES])}))`
        : sql`status = ${sql.lit(status)}`
    );
    return sql<boolean>`(${sql.join(arms, sql` or `)})`;
  });
}

function searchedConditions(filter: JobFilter): RawBuilder<boolean>[] {
  const { kinds, lanes, finishedFrom, finishedTo, payload, search, statuses, active } = filter;
  const conditions: RawBuilder<boolean>[] = [];
  const add = (condition: RawBuilder<boolean>) => conditions.push(condition);
  if (statuses?.includes("COMPLETED")) add(sql`status in (${sql.join(storedStatuses(statuses))})`);
  if (active === false) add(sql`status in (${sql.join(FINISHED)})`);
  if (kinds) add(sql`kind in (${sql.join([...kinds])})`);
  if (lanes) add(sql`lane in (${sql.join([...lanes])})`);
  if (finishedFrom) add(sql`finished_at >= ${finishedFrom}`);
  if (finishedTo) add(sql`finished_at < ${finishedTo}`);
  if (payload) {
    const { path, equals } = payload;
    add(sql`payload #> ${[...path]}::text[] = ${JSON.stringify(equals)}::jsonb`);
  }
  const text = search?.replaceAll("\0", "").trim();
  if (text) add(contains(text));
  return conditions;
}

function contains(text: string): RawBuilder<boolean> {
  const pattern = `%${text.replaceAll(/[\\%_]/g, "\\$&")}%`;
  return sql`(payload::text ilike ${pattern} or error ->> 'type' ilike ${pattern}
    or error ->> 'code' ilike ${pattern} or error ->> 'message' ilike ${pattern}
    or subject ilike ${pattern} or unique_key ilike ${pattern})`;
}

/** Limits a query to the newest jobs of another one; reads their index only. */
function amongNewest(jobs: JobQuery<unknown>): RawBuilder<boolean> {
  const oldest = jobs.select("id").orderBy("id", "desc").offset(MAX_SEARCHED).limit(1);
  return sql`id > coalesce((${oldest}), '00000000-0000-0000-0000-000000000000')`;
}

function storedStatuses(statuses: NonNullable<JobFilter["statuses"]>): JobStatus[] {
  return statuses.flatMap((status) => status === "QUEUED" ? ["QUEUED", "SCHEDULED"] : [status]);
}
