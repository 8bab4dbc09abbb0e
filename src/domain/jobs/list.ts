import { sql } from "kysely";
import type { TableOf } from "../../db/columns.ts";
import { queryBuilder } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { byId, listPage, type Page, type PageArgs, type Sort } from "../page.ts";
import type { Services } from "../services.ts";
import { JOB_COLUMNS } from "./find.ts";
import type { Job, JobStatus } from "./job.ts";
import type { JobKindName } from "./kinds.ts";
import type { Lane } from "./lane.ts";

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
  readonly startedBy?: string | null;
  readonly createdFrom?: Date | null;
  readonly createdTo?: Date | null;
}

/** Order of a list of jobs. */
export type JobOrder = "CREATED_DESC" | "CREATED_ASC" | "RUN_AT_ASC" | "FINISHED_DESC";

type JobTable = TableOf<Job, typeof JOB_COLUMNS>;

const UNFINISHED: JobStatus[] = ["QUEUED", "SCHEDULED", "PROCESSING"];
const FINISHED: JobStatus[] = ["COMPLETED", "FAILED", "CANCELLED"];

const SORTS: Record<JobOrder, Sort> = {
  CREATED_DESC: byId("desc"),
  CREATED_ASC: byId("asc"),
  RUN_AT_ASC: {
    name: "run_at asc",
    keys: [
      { expression: sql.ref("run_at"), type: "timestamptz" },
      { expression: sql.ref("id"), type: "uuid" },
    ],
    direction: "asc",
  },
  FINISHED_DESC: {
    name: "finished_at desc",
    // Unfinished jobs come last.
    keys: [
      { expression: sql`coalesce(finished_at, '-infinity')`, type: "timestamptz" },
      { expression: sql.ref("id"), type: "uuid" },
    ],
    direction: "desc",
  },
};

/**
 * Reads a page of the jobs that the caller may see.
 *
 * @throws {InvalidInputError} for page arguments out of range, or a cursor of another list
 */
export function listJobs(
  { db }: Services,
  caller: Caller,
  filter: JobFilter,
  order: JobOrder,
  page: PageArgs,
): Promise<Page<Job>> {
  let query = queryBuilder<{ jobs: JobTable }>().selectFrom("jobs").select(JOB_COLUMNS)
    .where("organization_id", "=", caller.organizationId);
  if (caller.role === "MEMBER") query = query.where("user_id", "=", caller.userId);
  const { ids, kinds, statuses, lanes, active, subjectId, startedBy } = filter;
  if (ids) query = query.where("id", "in", [...ids]);
  if (kinds) query = query.where("kind", "in", [...kinds]);
  if (statuses) query = query.where("status", "in", storedStatuses(statuses));
  if (lanes) query = query.where("lane", "in", [...lanes]);
  if (active != null) query = query.where("status", "in", active ? UNFINISHED : FINISHED);
  if (subjectId != null) query = query.where("subject", "=", subjectId);
  if (startedBy != null) query = query.where("user_id", "=", startedBy);
  if (filter.createdFrom) query = query.where("created_at", ">=", filter.createdFrom);
  if (filter.createdTo) query = query.where("created_at", "<", filter.createdTo);
  return listPage(db, query, SORTS[order], page);
}

function storedStatuses(statuses: NonNullable<JobFilter["statuses"]>): JobStatus[] {
  return statuses.flatMap((status) => status === "QUEUED" ? ["QUEUED", "SCHEDULED"] : [status]);
}
