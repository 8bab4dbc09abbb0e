import { statement } from "../../db/database.ts";
import { isUniqueViolation } from "../../db/sqlstate.ts";
import type { Caller } from "../access/access.ts";
import { ConflictError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import { wakeWorkers } from "./enqueue.ts";
import { COLUMNS, getJob } from "./find.ts";
import type { Job } from "./job.ts";

// Restarts a FAILED or CANCELLED job from attempt 1. A waiting one keeps its count and runs now.
const RETRY = statement<[id: string, organizationId: string], Job>(
  "jobs.retry",
  `update jobs set status = 'QUEUED', run_at = now(), finished_at = null, crashes = 0,
     cancel_requested = false, updated_at = now(), error = null, result = null,
     wait_reason = null, wait_provider_id = null,
     attempt = case status when 'SCHEDULED' then attempt else 0 end
   where id = $1 and organization_id = $2 and status in ('FAILED', 'CANCELLED', 'SCHEDULED')
   returning ${COLUMNS}`,
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
  const [retried] = await services.db.run(RETRY, id, caller.organizationId).catch((error) => {
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
  wakeWorkers(services, [retried.lane]);
  services.bus.publish("jobs", caller.organizationId, [id]);
  return retried;
}
