import { type Connection, statement } from "../../db/database.ts";
import { isUniqueViolation } from "../../db/sqlstate.ts";
import { type Caller, organizationsOf } from "../access/access.ts";
import { ConflictError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import { wakeWorkers } from "./enqueue.ts";
import { insertEvents } from "./events.ts";
import { COLUMNS, getJob } from "./find.ts";
import type { Job } from "./job.ts";

// Restarts a FAILED or CANCELLED job from attempt 1. A waiting one keeps its count and runs now.
const RETRY = statement<[ids: string[], organizationIds: string[], userId: string | null], Job>(
  "jobs.retry",
  `with retried as (
     update jobs set status = 'QUEUED', run_at = now(), finished_at = null, crashes = 0,
       cancel_requested = false, updated_at = now(), error = null, fingerprint = null, result = null,
       wait_reason = null, wait_provider_id = null,
       attempt = case status when 'SCHEDULED' then attempt else 0 end
     where id = any($1) and organization_id = any($2) and status in ('FAILED', 'CANCELLED', 'SCHEDULED')
     returning *
   ),
   events as (${
    insertEvents(
      "select id, 'RETRIED', coalesce($3, ''), null::uuid, null::timestamptz from retried",
    )
  })
   select ${COLUMNS} from retried`,
);

/**
 * Restarts a job that FAILED or was CANCELLED, or starts one now that is due later.
 *
 * @returns the job, QUEUED
 * @throws {NotFoundError}
 * @throws {ConflictError} NOT_RETRYABLE for a job that is queued, running or completed; ALREADY_RUNNING
 *   if another unfinished job has its unique key
 */
export async function retryJob(services: Services, caller: Caller, id: string): Promise<Job> {
  await getJob(services, caller, id);
  const [retried] = await retryMany(services.db, caller, [id]).catch((error) => {
    if (!isUniqueViolation(error)) throw error;
    throw new ConflictError(
      "ALREADY_RUNNING",
      `Cannot retry job ${toTypeId("job", id)}: another unfinished job has its unique key`,
    );
  });
  if (!retried) {
    const job = await getJob(services, caller, id);
    const status = job.status === "SCHEDULED" ? "QUEUED" : job.status;
    throw new ConflictError(
      "NOT_RETRYABLE",
      `Cannot retry job ${toTypeId("job", id)}: status is ${status}`,
    );
  }
  publishRetried(services, [retried]);
  return retried;
}

/**
 * Restarts the jobs that `canRetry` accepts. The caller must be allowed to see them. Call `publishRetried` after the commit.
 *
 * @returns the restarted jobs, QUEUED
 * @throws a unique violation if another unfinished job has the unique key of one of them
 */
export function retryMany(
  tx: Connection,
  caller: Caller,
  ids: readonly string[],
): Promise<Job[]> {
  return tx.run(RETRY, [...ids], organizationsOf(caller), caller.userId);
}

/** Wakes the workers for restarted jobs, and publishes the jobs. */
export function publishRetried(services: Services, retried: readonly Job[]): void {
  wakeWorkers(services, retried.map(({ lane }) => lane));
  for (const [organizationId, jobs] of Map.groupBy(retried, (job) => job.organizationId)) {
    services.bus.publish("jobs", organizationId, jobs.map(({ id }) => id));
  }
}
