import { sql } from "kysely";
import { columnList, type TableOf } from "../../db/columns.ts";
import { type Connection, queryBuilder, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import type { JobError } from "../jobs/job.ts";
import { byId, listPage, type Page, type PageArgs, type Sort } from "../page.ts";
import type { Services } from "../services.ts";
import { type LearningFailure, type LearningRun, mayAccess } from "./learning_run.ts";

/** Stored columns of a run under the names of `LearningRun`. */
const RUN_FIELDS = [
  "id",
  "organization_id as organizationId",
  "started_by as startedBy",
  "job_id as jobId",
  "selection",
  "relearn",
  "status",
  "prompt_id as promptId",
  "created_at as createdAt",
  "started_at as startedAt",
  "finished_at as finishedAt",
  "succeeded",
  "failed",
  "skipped",
  "new_fact_count as newFactCount",
  "cost_micros as costMicros",
] as const;

const TOTAL = "coalesce(total, 0)";

/** The columns of a run as SQL text. */
export const RUN_COLUMNS = `${columnList(RUN_FIELDS)}, ${TOTAL} as total`;

const FIND = statement<[ids: string[]], LearningRun>(
  "learningRuns.find",
  `select ${RUN_COLUMNS} from learning_runs where id = any($1)`,
);

/** Finds runs of all organizations by id. The caller must check access. */
export function findRuns(db: Connection, ids: readonly string[]): Promise<LearningRun[]> {
  return db.run(FIND, [...ids]);
}

/**
 * Finds a run that the caller may see.
 *
 * @throws {NotFoundError} also for a run that the caller may not see
 */
export async function getRun({ db }: Services, caller: Caller, id: string): Promise<LearningRun> {
  const [run] = await findRuns(db, [id]);
  if (!run || !mayAccess(caller, run)) throw new NotFoundError([toTypeId("learningRun", id)]);
  return run;
}

/** Filter of a list of runs. */
export interface LearningRunFilter {
  readonly ids?: readonly string[] | null;
}

interface Tables {
  readonly learning_runs: TableOf<Omit<LearningRun, "total">, typeof RUN_FIELDS>;
}

/**
 * Reads a page of the runs that the caller may see, newest first.
 *
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
 */
export function listRuns(
  { db }: Services,
  { organizationId, role, userId }: Caller,
  { ids }: LearningRunFilter,
  page: PageArgs,
): Promise<Page<LearningRun>> {
  let query = queryBuilder<Tables>().selectFrom("learning_runs").select(RUN_FIELDS)
    .select(sql.raw<number>(TOTAL).as("total"))
    .where("organization_id", "=", organizationId);
  if (role === "MEMBER") query = query.where("started_by", "is not distinct from", userId);
  if (ids) query = query.where("id", "in", [...ids]);
  return listPage(db, query, byId("desc"), page);
}

const BY_EMAIL: Sort = {
  name: "email asc",
  keys: [{ expression: sql.ref("emailId"), type: "uuid" }],
  direction: "asc",
};

/**
 * Reads a page of the mails from which a run could not learn.
 *
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
 */
export function listFailures(
  { db }: Services,
  { id }: Pick<LearningRun, "id">,
  page: PageArgs,
): Promise<Page<LearningFailure>> {
  const failures = sql<{ emailId: string; label: string; error: JobError }>`(
    select f.email_id as "emailId", e.subject as label,
      jsonb_build_object('type', error_type, 'code', error_code, 'message', error_message) as error
    from learning_failures f join emails e on e.id = f.email_id where f.run_id = ${id})`;
  const query = queryBuilder<{ failures: LearningFailure }>()
    .selectFrom(failures.as("failures")).selectAll();
  return listPage(db, query, BY_EMAIL, page);
}
