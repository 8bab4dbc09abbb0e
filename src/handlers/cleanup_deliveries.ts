import { z } from "zod";
import { FIRST_DELIVERY, pruneDeliveries } from "../domain/deliveries/prune.ts";
import { done, type Outcome } from "../domain/jobs/outcome.ts";
import { jobKind } from "../domain/jobs/kinds.ts";
import type { Services } from "../domain/services.ts";
import type { JobHandler, JobRun } from "../queue/handler.ts";
import { scopeOf } from "./scope.ts";

const STEP = 1_000;
const payloadSchema = z.object({ daysToKeep: z.number() });

/** CLEANUP_DELIVERIES: deletes successful and cancelled deliveries as old as its payload says. */
export function cleanupDeliveriesHandler(services: Services): JobHandler {
  return {
    timeoutMs: jobKind("CLEANUP_DELIVERIES").timeoutMs,
    run: (run) =>
      removeOldDeliveries(services, payloadSchema.parse(run.job.payload).daysToKeep, run),
  };
}

/**
 * In steps of 1,000, each a transaction of its own.
 *
 * @param processed what the job has deleted before
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
    const step = await pruneDeliveries(services, scopeOf(job), daysToKeep, after, STEP);
    processed += step.pruned;
    after = step.last;
    report({ total: null, processed, succeeded: processed, failed: 0, skipped: 0 });
  }
  return done;
}
