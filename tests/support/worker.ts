import type { Database } from "../../src/db/database.ts";
import type { Lane } from "../../src/domain/jobs/job.ts";
import type { Services } from "../../src/domain/services.ts";
import { type JobHandler, type JobRun } from "../../src/queue/handler.ts";
import { startWorker, type Worker } from "../../src/queue/worker.ts";

const MINUTE = 60_000;

/** How a test's worker differs from one with 10 slots in BULK. */
export interface TestWorkerOptions {
  readonly lanes?: Partial<Record<Lane, number>>;
  readonly timeoutMs?: number;
}

/** A worker that runs jobs of kind "work" by `run`; stopped at the end of its scope. */
export interface TestWorker extends Worker, AsyncDisposable {}

/** Starts a worker. */
export async function startTestWorker(
  services: Services,
  run: JobHandler["run"],
  { lanes = { BULK: 10 }, timeoutMs = MINUTE }: TestWorkerOptions = {},
): Promise<TestWorker> {
  const worker = await startWorker(services, {
    handlers: new Map([["work", { timeoutMs, run }]]),
    lanes: new Map(Object.entries(lanes) as [Lane, number][]),
  });
  let stopped: Promise<void> | undefined;
  const stop = () => stopped ??= worker.stop();
  return { healthy: worker.healthy, stop, [Symbol.asyncDispose]: stop };
}

/** Runs until the signal fires, then throws its reason, as handlers do. */
export function untilAborted({ signal }: JobRun): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/**
 * The same database, where something happens around the statements of one label.
 *
 * @param around is given what runs the statement, and answers in its stead
 */
export function interfere(
  services: Services,
  label: string,
  around: <Row>(run: () => Promise<Row[]>) => Promise<Row[]>,
): Services {
  const run: Database["run"] = (statement, ...params) => {
    const really = () => services.db.run(statement, ...params);
    return statement.label === label ? around(really) : really();
  };
  return { ...services, db: { ...services.db, run } };
}
