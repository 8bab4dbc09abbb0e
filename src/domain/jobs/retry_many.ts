import { LONG, statement } from "../../db/database.ts";
import { isUniqueViolation } from "../../db/sqlstate.ts";
import type { Caller } from "../access/access.ts";
import { invalid, NotFoundError } from "../errors.ts";
import { MAX_IDS_PER_CALL, toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import { countSkipped, type SkippedCount } from "../skipped.ts";
import { type JobFilter, matchingJobs } from "./filter.ts";
import { findJobs } from "./find.ts";
import { type Job, mayAccess } from "./job.ts";
import { publishRetried, retryMany } from "./retry.ts";

const KEY_TAKEN = "Another unfinished job has its unique key";

/** Selection of jobs: exactly one of these fields. */
export interface JobSelection {
  /** 1 to 1,000 ids. */
  readonly ids?: readonly string[] | null;
  /** A filter with at least one field. */
  readonly filter?: JobFilter | null;
}

/** The result of `retryJobs`. */
export interface RetryJobsResult {
  /** The retried jobs, QUEUED. */
  readonly jobs: readonly Job[];
  readonly skipped: readonly SkippedCount[];
  /** Whether the filter matches FAILED jobs that this call did not examine. */
  readonly hasMore: boolean;
}

// Of several jobs with the same unique key the newest one is retried, and none while an unfinished job has
// the key. In the order of ids, in which every statement locks many jobs.
const LOCK_FREE = statement<[ids: string[], organizationId: string], { id: string }>(
  "jobs.lockFree",
  `with ranked as (
     select id, unique_key,
       row_number() over (partition by coalesce(unique_key, id::text) order by id desc) as rank
     from jobs where id = any($1) and organization_id = $2 and status = 'FAILED'
   )
   select j.id from ranked r join jobs j using (id)
   where r.rank = 1 and j.status = 'FAILED' and not exists (
     select from jobs o where o.organization_id = $2 and o.unique_key = r.unique_key
       and o.status in ('QUEUED', 'SCHEDULED', 'PROCESSING'))
   order by j.id for no key update of j`,
);

/**
 * Restarts FAILED jobs, at most 1,000 per call, the newest first. Other jobs are not changed.
 *
 * @throws {InvalidInputError} for both or neither of ids and filter, and for an empty one
 * @throws {NotFoundError} naming every job that the caller may not see; nothing is retried then
 */
export async function retryJobs(
  services: Services,
  caller: Caller,
  selection: JobSelection,
): Promise<RetryJobsResult> {
  const { ids, hasMore, skipped } = await select(services, caller, selection);
  const jobs = await retryFree(services, caller, ids);
  publishRetried(services, jobs);
  const blocked = [KEY_TAKEN, ids.length - jobs.length] as const;
  return { jobs, hasMore, skipped: countSkipped([...skipped, blocked]) };
}

interface Selected {
  /** Ids of FAILED jobs. */
  readonly ids: readonly string[];
  readonly skipped: readonly (readonly [reason: string, count: number])[];
  readonly hasMore: boolean;
}

async function select(
  services: Services,
  caller: Caller,
  { ids, filter }: JobSelection,
): Promise<Selected> {
  if (ids && filter) throw invalid(["filter"], "ONE_OF", "cannot be combined with ids");
  if (ids) return { ...await selectByIds(services, caller, [...new Set(ids)]), hasMore: false };
  if (!filter) throw invalid(["ids"], "REQUIRED", "are missing; give ids or a filter");
  if (Object.values(filter).every((value) => value == null)) {
    throw invalid(["filter"], "EMPTY", "has no field; set at least kinds or errorTypes");
  }
  const found = await services.db.select(
    matchingJobs(caller, filter).select("id").where("status", "=", "FAILED")
      .orderBy("id", "desc").limit(MAX_IDS_PER_CALL + 1),
    LONG,
  );
  return {
    ids: found.slice(0, MAX_IDS_PER_CALL).map(({ id }) => id),
    skipped: [],
    hasMore: found.length > MAX_IDS_PER_CALL,
  };
}

async function selectByIds(
  { db }: Services,
  caller: Caller,
  ids: readonly string[],
): Promise<Omit<Selected, "hasMore">> {
  if (ids.length === 0) throw invalid(["ids"], "EMPTY", "are empty; name at least one job");
  const jobs = (await findJobs(db, ids)).filter((job) => mayAccess(caller, job));
  const found = new Set(jobs.map(({ id }) => id));
  const missing = ids.filter((id) => !found.has(id));
  if (missing.length > 0) throw new NotFoundError(missing.map((id) => toTypeId("job", id)));
  const { FAILED: failed = [], ...others } = Object.groupBy(
    jobs,
    ({ status }) => status === "SCHEDULED" ? "QUEUED" : status,
  );
  return {
    ids: failed.map(({ id }) => id),
    skipped: Object.entries(others)
      .map(([status, { length }]) => [`Its status is ${status}`, length] as const),
  };
}

async function retryFree(
  { db }: Services,
  caller: Caller,
  ids: readonly string[],
): Promise<Job[]> {
  while (true) {
    try {
      return await db.transaction(async (tx) => {
        const free = await tx.run(LOCK_FREE, [...ids], caller.organizationId);
        return await retryMany(tx, caller, free.map(({ id }) => id));
      });
    } catch (error) {
      // A job with the same unique key was enqueued meanwhile; the next transaction sees it.
      if (!isUniqueViolation(error)) throw error;
    }
  }
}
