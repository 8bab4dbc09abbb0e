import { isHeld } from "../../domain/hold.ts";
import { findJobs } from "../../domain/jobs/find.ts";
import { type WaitLimit, waitUntilIdle } from "../../domain/jobs/wait.ts";
import { readWorkers } from "../../domain/jobs/workers.ts";
import { fireDue } from "../../domain/schedules/fire.ts";
import type { Services } from "../../domain/services.ts";
import { type CronReport, reportOf } from "./report.ts";

/** Answer to `/cron/tick`: the sum over the schedules that this request fired. */
export interface TickReport extends CronReport {
  readonly fired: readonly CronReport[];
  /** Whether no job was left that was ready or running; after 25 s there may be one. */
  readonly drained: boolean;
}

/**
 * Starts workers in a process that has none of its own.
 *
 * @returns function that stops them; their unfinished jobs are requeued
 */
export type StartWorkers = () => Promise<() => Promise<unknown>>;

/**
 * Fires the due schedules and waits until the workers have emptied the queue, so that a host which stops idle
 * processes keeps this one until then. On hold, nothing is fired and there is nothing to wait for.
 *
 * @param startWorkers called if no worker lives anywhere; null: this process has workers
 */
export async function tick(
  services: Services,
  limit: WaitLimit,
  startWorkers: StartWorkers | null,
): Promise<TickReport> {
  const { fired } = await fireDue(services);
  const drained = await isHeld(services.db) || await workOff(services, limit, startWorkers);
  const jobIds = fired.flatMap(({ jobId }) => jobId ?? []);
  const jobs = await findJobs(services.db, jobIds);
  const byId = new Map(jobs.map((job) => [job.id, job]));
  const reports = await Promise.all(
    fired.map(({ name, jobId }) =>
      reportOf(services, name, jobId, jobId === null ? undefined : byId.get(jobId))
    ),
  );
  return {
    schedule: "tick",
    job: null,
    processed: reports.reduce((sum, { processed }) => sum + processed, 0),
    recipients: reports.reduce((sum, { recipients }) => sum + recipients, 0),
    results: reports.flatMap(({ results }) => results),
    fired: reports,
    drained,
  };
}

async function workOff(
  services: Services,
  limit: WaitLimit,
  startWorkers: StartWorkers | null,
): Promise<boolean> {
  const served = startWorkers === null || (await readWorkers(services.db)).length > 0;
  const stop = served ? null : await startWorkers();
  try {
    return await waitUntilIdle(services, limit);
  } finally {
    await stop?.();
  }
}
