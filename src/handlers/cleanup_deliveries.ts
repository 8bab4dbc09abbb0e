import { FIRST_DELIVERY, pruneDeliveries } from "../domain/deliveries/prune.ts";
import { done, type Outcome } from "../domain/jobs/outcome.ts";
import type { JobPayload } from "../domain/jobs/kinds.ts";
import type { Services } from "../domain/services.ts";
import type { JobHandler, JobRun } from "../queue/handler.ts";
import { scopeOf } from "./scope.ts";

const CHUNK = 1_000;

/** Creates the handler of CLEANUP_DELIVERIES: deletes old sent and cancelled deliveries. */
export function cleanupDeliveriesHandler(
  services: Services,
): JobHandler<JobPayload<"CLEANUP_DELIVERIES">> {
  return (run, { daysToKeep }) => removeOldDeliveries(services, daysToKeep, run);
}

/**
 * Deletes sent and cancelled deliveries in chunks of 1,000, each in a transaction of its own.
 *
 * @param daysToKeep days since they were sent or cancelled
 * @param processed number of rows that the job has already deleted, for its progress
 * @throws {JobAborted} when the job's signal is aborted
 */
export async function removeOldDeliveries(
  services: Services,
  daysToKeep: number,
  { job, signal, report }: JobRun,
  processed = 0,
): Promise<Outcome> {
  let after: string | null = FIRST_DELIVERY;
  while (after !== null) {
    signal.throwIfAborted();
    const chunk = await pruneDeliveries(services, scopeOf(job), daysToKeep, after, CHUNK);
    processed += chunk.pruned;
    after = chunk.last;
    report({ total: null, processed, succeeded: processed, failed: 0, skipped: 0 });
  }
  return done;
}
