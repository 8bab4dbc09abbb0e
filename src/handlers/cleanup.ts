import { pruneAiUsage } from "../domain/ai_usage/stats.ts";
import { pruneBulkActions } from "../domain/bulk_actions/prune.ts";
import { pruneEvents } from "../domain/deliveries/provider_event.ts";
import type { Outcome } from "../domain/jobs/outcome.ts";
import type { JobPayload } from "../domain/jobs/kinds.ts";
import { FIRST_JOB, type JobRetention, pruneJobs } from "../domain/jobs/prune.ts";
import { pruneJobStats } from "../domain/jobs/stats.ts";
import { pruneWorkerHosts } from "../domain/jobs/workers.ts";
import { pruneLearning } from "../domain/learning/prune.ts";
import { pruneNotifications } from "../domain/notifications/prune.ts";
import { pruneProblems } from "../domain/problems/prune.ts";
import { pruneFires } from "../domain/schedules/prune.ts";
import { pruneTrials } from "../domain/prompt_trials/prune.ts";
import type { Services } from "../domain/services.ts";
import { pruneWebhooks } from "../domain/webhooks/prune.ts";
import type { JobHandler, JobRun } from "../queue/handler.ts";
import { removeOldDeliveries } from "./cleanup_deliveries.ts";
import { scopeOf } from "./scope.ts";

const CHUNK = 1_000;
const KEEP_FIRES_MS = 30 * 24 * 60 * 60_000;

/** Retention of finished jobs and deliveries. */
export interface Retention extends JobRetention {
  /** For sent and cancelled deliveries, in days. */
  readonly deliveryDays: number;
}

/**
 * Creates the handler of CLEANUP: deletes finished jobs, and sent and cancelled deliveries, whose
 * retention is over, in chunks of 1,000, and bulk actions, trials of prompts and learning runs after 90 days. A job
 * of the system organization also deletes old fires, ids of provider events, statistics of jobs, hosts of workers,
 * problems, notifications, and calls of webhooks and of the language model.
 */
export function cleanupHandler(
  services: Services,
  retention: Retention,
): JobHandler<JobPayload<"CLEANUP">> {
  return (run) => cleanup(services, retention, run);
}

async function cleanup(
  services: Services,
  retention: Retention,
  run: JobRun,
): Promise<Outcome> {
  const { job, signal, report } = run;
  if (scopeOf(job) === null) {
    await pruneFires(services, KEEP_FIRES_MS);
    await pruneEvents(services);
    await pruneJobStats(services);
    await pruneWorkerHosts(services.db);
    await pruneProblems(services);
    await pruneNotifications(services);
    await pruneWebhooks(services);
    await pruneAiUsage(services);
  }
  await pruneBulkActions(services, scopeOf(job));
  await pruneTrials(services, scopeOf(job));
  await pruneLearning(services, scopeOf(job));
  let processed = 0;
  let after: string | null = FIRST_JOB;
  while (after !== null) {
    signal.throwIfAborted();
    const { pruned, last } = await pruneJobs(services, retention, scopeOf(job), after, CHUNK);
    processed += pruned;
    after = last;
    report({ total: null, processed, succeeded: processed, failed: 0, skipped: 0 });
  }
  return await removeOldDeliveries(services, retention.deliveryDays, run, processed);
}
