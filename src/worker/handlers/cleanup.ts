import { done, type Outcome } from "../../domain/jobs/outcome.ts";
import { jobKind } from "../../domain/jobs/kinds.ts";
import { type JobRetention, pruneJobs } from "../../domain/jobs/prune.ts";
import type { Services } from "../../domain/services.ts";
import type { JobHandler, JobRun } from "../handler.ts";
import { scopeOf } from "./scope.ts";

const STEP = 1_000;

/** CLEANUP: deletes finished jobs that were kept long enough, in steps of 1,000. */
export function cleanupHandler(services: Services, retention: JobRetention): JobHandler {
  return {
    timeoutMs: jobKind("CLEANUP").timeoutMs,
    run: (run) => cleanup(services, retention, run),
  };
}

async function cleanup(
  services: Services,
  retention: JobRetention,
  { job, signal, report }: JobRun,
): Promise<Outcome> {
  let processed = 0;
  while (true) {
    signal.throwIfAborted();
    const pruned = await pruneJobs(services, retention, scopeOf(job), STEP);
    processed += pruned;
    report({ total: null, processed, succeeded: processed, failed: 0, skipped: 0 });
    if (pruned < STEP) return done;
  }
}
