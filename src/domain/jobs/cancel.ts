import { type Connection, statement } from "../../db/database.ts";
import { type Caller, organizationsOf } from "../access/access.ts";
import { ConflictError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import { COLUMNS, getJob } from "./find.ts";
import { isFinished, type Job } from "./job.ts";
import { insertOutcomes } from "./stats.ts";

// Cancels a waiting job at once. A running job is marked and keeps its fence, so that its handler can
// still record its work.
const CANCEL = statement<[ids: string[], organizationIds: string[]], Job>(
  "jobs.cancel",
  `with cancelled as (
     update jobs set cancel_requested = true, updated_at = now(),
       wait_reason = null, wait_provider_id = null,
       status = case status when 'PROCESSING' then status else 'CANCELLED' end,
       finished_at = case status when 'PROCESSING' then null else now() end
     where id = any($1) and organization_id = any($2) and status in ('QUEUED', 'SCHEDULED', 'PROCESSING')
     returning *
   ),
   stats as (${insertOutcomes("cancelled")})
   select ${COLUMNS} from cancelled`,
);

/**
 * Cancels a job. A waiting job ends at once. The signal of a running job is aborted, in any process, and
 * the job ends when its handler has recorded its work. A second call changes nothing.
 *
 * @returns the job: CANCELLED, or PROCESSING until its handler has ended
 * @throws {NotFoundError}
 * @throws {ConflictError} ALREADY_FINISHED
 */
export async function cancelJob(services: Services, caller: Caller, id: string): Promise<Job> {
  await getJob(services, caller, id);
  const [cancelled] = await cancelMany(services.db, caller, [id]);
  if (!cancelled) {
    const job = await getJob(services, caller, id);
    throw new ConflictError(
      "ALREADY_FINISHED",
      `Cannot cancel job ${toTypeId("job", id)}: status is ${job.status}`,
    );
  }
  publishCancelled(services, [cancelled]);
  return cancelled;
}

/**
 * Cancels the unfinished ones of jobs that the caller may see. Call `publishCancelled` after the commit.
 *
 * @returns the jobs that were cancelled: CANCELLED, or PROCESSING until their handlers have ended
 */
export function cancelMany(
  tx: Connection,
  caller: Caller,
  ids: readonly string[],
): Promise<Job[]> {
  return tx.run(CANCEL, [...ids], organizationsOf(caller));
}

/** Aborts the running ones of cancelled jobs, and publishes all of them. */
export function publishCancelled({ bus }: Services, cancelled: readonly Job[]): void {
  for (const { id, organizationId, status } of cancelled) {
    if (!isFinished(status)) bus.publish("cancel", organizationId, [id]);
    bus.publish("jobs", organizationId, [id]);
  }
}
