import { sql } from "kysely";
import type { Caller } from "../access/access.ts";
import { byId, listPage, type Page, type PageArgs, type Sort } from "../page.ts";
import type { Services } from "../services.ts";
import { type JobFilter, matchingJobs } from "./filter.ts";
import { JOB_COLUMNS } from "./find.ts";
import type { Job } from "./job.ts";

/** Order of a list of jobs. */
export type JobOrder = "CREATED_DESC" | "CREATED_ASC" | "RUN_AT_ASC" | "FINISHED_DESC";

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
 * Reads a page of the jobs that the caller may see. Conditions and orders without an index apply to the
 * newest `MAX_SEARCHED` jobs.
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
  const sorted = order === "RUN_AT_ASC" || order === "FINISHED_DESC";
  const query = matchingJobs(caller, filter, sorted).select(JOB_COLUMNS);
  return listPage(db, query, SORTS[order], page);
}
