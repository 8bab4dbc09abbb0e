import type { Caller } from "../access/access.ts";
import { invalid, NotFoundError } from "../errors.ts";
import { MAX_IDS_PER_CALL, toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import type { JobFilter } from "./filter.ts";
import { findJobs } from "./find.ts";
import { mayAccess } from "./job.ts";

/** Selection of jobs: exactly one of these fields. */
export interface JobSelection {
  /** 1 to 1,000 ids. */
  readonly ids?: readonly string[] | null;
  /** A filter with at least one field. */
  readonly filter?: JobFilter | null;
}

/** A checked selection of jobs. */
export interface CheckedJobs {
  /** Without duplicates; null if the jobs are selected by the filter. */
  readonly ids: readonly string[] | null;
  readonly filter: JobFilter;
}

/**
 * Checks a selection of jobs.
 *
 * @throws {InvalidInputError} for both or neither of ids and filter, for an empty one, and for an empty
 *   search
 * @throws {NotFoundError} naming every job that the caller may not see
 */
export async function checkJobs(
  { db }: Services,
  caller: Caller,
  { ids, filter }: JobSelection,
): Promise<CheckedJobs> {
  if (ids && filter) throw invalid(["filter"], "ONE_OF", "cannot be combined with ids");
  if (!ids) {
    if (!filter) throw invalid(["ids"], "REQUIRED", "are missing; give ids or a filter");
    if (Object.values(filter).every((value) => value == null)) {
      throw invalid(["filter"], "EMPTY", "has no field; set at least kinds or errorTypes");
    }
    if (filter.search != null && !filter.search.replaceAll("\0", "").trim()) {
      throw invalid(["filter", "search"], "EMPTY", "is empty and matches everything; remove it");
    }
    return { ids: null, filter };
  }
  const unique = [...new Set(ids)];
  if (unique.length === 0) throw invalid(["ids"], "EMPTY", "are empty; name at least one job");
  if (unique.length > MAX_IDS_PER_CALL) {
    throw invalid(["ids"], "TOO_LONG", `are more than ${MAX_IDS_PER_CALL}; use a filter`);
  }
  const jobs = await findJobs(db, unique);
  const found = new Set(jobs.filter((job) => mayAccess(caller, job)).map(({ id }) => id));
  const missing = unique.filter((id) => !found.has(id));
  if (missing.length > 0) throw new NotFoundError(missing.map((id) => toTypeId("job", id)));
  return { ids: unique, filter: {} };
}
