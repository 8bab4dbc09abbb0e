import { LONG } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { MAX_IDS_PER_CALL } from "../id.ts";
import type { Services } from "../services.ts";
import { countSkipped, type SkippedCount } from "../skipped.ts";
import { matchingJobs } from "./filter.ts";
import type { Job } from "./job.ts";
import { actOnJobs, type JobVerb, repeatOnTakenKey, RETRY_VERB } from "./job_verb.ts";
import { publishRetried } from "./retry.ts";
import { checkJobs, type JobSelection } from "./selection.ts";

/** The result of `retryJobs`. */
export interface RetryJobsResult {
  /** The retried jobs, QUEUED. */
  readonly jobs: readonly Job[];
  readonly skipped: readonly SkippedCount[];
  /** Whether the filter matches FAILED jobs that this call did not examine. */
  readonly hasMore: boolean;
}

// Unlike `retryJob` and a bulk action, this retries FAILED jobs only.
const RETRY_FAILED: JobVerb = {
  ...RETRY_VERB,
  refusalOf(job) {
    if (job.status === "FAILED") return RETRY_VERB.refusalOf(job);
    return `Its status is ${job.status === "SCHEDULED" ? "QUEUED" : job.status}`;
  },
};

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
  const { ids, hasMore } = await select(services, caller, selection);
  const { changed, refused } = await repeatOnTakenKey(
    services.db,
    (tx) => actOnJobs(tx, caller, ids, RETRY_FAILED),
  );
  publishRetried(services, changed);
  const skipped = countSkipped(refused.map(({ reason }) => [reason, 1]));
  return { jobs: changed, skipped, hasMore };
}

interface Selected {
  readonly ids: readonly string[];
  readonly hasMore: boolean;
}

async function select(
  services: Services,
  caller: Caller,
  selection: JobSelection,
): Promise<Selected> {
  const { ids, filter } = await checkJobs(services, caller, selection);
  if (ids) return { ids, hasMore: false };
  const found = await services.db.select(
    matchingJobs(caller, filter).select("id").where("status", "=", "FAILED")
      .orderBy("id", "desc").limit(MAX_IDS_PER_CALL + 1),
    LONG,
  );
  return {
    ids: found.slice(0, MAX_IDS_PER_CALL).map(({ id }) => id),
    hasMore: found.length > MAX_IDS_PER_CALL,
  };
}
