import { failStaleImports } from "../domain/audiences/import.ts";
import { pruneEvents } from "../domain/deliveries/provider_event.ts";
import type { Outcome } from "../domain/jobs/outcome.ts";
import { jobKind } from "../domain/jobs/kinds.ts";
import { FIRST_JOB, type JobRetention, pruneJobs } from "../domain/jobs/prune.ts";
import { pruneFires } from "../domain/schedules/operations.ts";
import type { Services } from "../domain/services.ts";
import type { JobHandler, JobRun } from "../queue/handler.ts";
import { removeOldDeliveries } from "./cleanup_deliveries.ts";
import { scopeOf } from "./scope.ts";

const STEP = 1_000;
const KEEP_FIRES_MS = 30 * 24 * 60 * 60_000;

/** How long what has ended is kept. */
export interface Retention extends JobRetention {
  /** Successful and cancelled deliveries, in days. */
  readonly deliveryDays: number;
}

/**
 * CLEANUP: deletes finished jobs, and successful and cancelled deliveries, that were kept long enough,
 * in steps of 1,000. The system's own also ends imports that died with their process, and deletes old
 * fires and the ids of old events of providers.
 */
export function cleanupHandler(services: Services, retention: Retention): JobHandler {
  return {
    timeoutMs: jobKind("CLEANUP").timeoutMs,
    run: (run) => cleanup(services, retention, run),
  };
}

async function cleanup(
  services: Services,
  retention: Retention,
  run: JobRun,
): Promise<Outcome> {
  const { job, signal, report } = run;
  if (scopeOf(job) === null) {
    await failStaleImports(services);
    await pruneFires(services, KEEP_FIRES_MS);
    await pruneEvents(services);
  }
  let processed = 0;
  let after: string | null = FIRST_JOB;
  while (after !== null) {
    signal.throwIfAborted();
    const { pruned, last } = await pruneJobs(services, retention, scopeOf(job), after, STEP);
    processed += pruned;
    after = last;
    report({ total: null, processed, succeeded: processed, failed: 0, skipped: 0 });
  }
  return await removeOldDeliveries(services, retention.deliveryDays, run, processed);
}
