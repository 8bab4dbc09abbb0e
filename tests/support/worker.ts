import { z } from "zod";
import type { Database } from "../../src/db/database.ts";
import type { Lane } from "../../src/domain/jobs/lane.ts";
import type { Services } from "../../src/domain/services.ts";
import {
  bindHandlers,
  type BoundHandler,
  type JobHandler,
  type JobRun,
} from "../../src/queue/handler.ts";
import { startWorker, type Worker } from "../../src/queue/worker.ts";

const MINUTE = 60_000;
const PAYLOAD = z.looseObject({ end: z.string().optional(), ms: z.number().optional() });

/** Handler of the kind "work", whose payload may name how the job ends and how long it takes. */
export type WorkHandler = JobHandler<z.output<typeof PAYLOAD>>;

/** Options of a test's worker. */
export interface TestWorkerOptions {
  /** By default 10 slots in BULK. */
  readonly lanes?: Partial<Record<Lane, number>>;
  readonly timeoutMs?: number;
  /** By default nothing. */
  readonly sweep?: () => Promise<void>;
}

/** A worker that is stopped at the end of its scope. */
export interface TestWorker extends Worker, AsyncDisposable {}

/** Handlers of a worker that runs jobs of the kind "work" only. */
export function workHandlers(
  work: WorkHandler,
  timeoutMs = MINUTE,
): ReadonlyMap<string, BoundHandler> {
  return bindHandlers({ work: { payload: PAYLOAD, timeoutMs } }, { work });
}

/** Starts a worker that runs jobs of kind "work". */
export async function startTestWorker(
  services: Services,
  work: WorkHandler,
  { lanes = { BULK: 10 }, timeoutMs, sweep }: TestWorkerOptions = {},
): Promise<TestWorker> {
  const worker = await startWorker(services, {
    handlers: workHandlers(work, timeoutMs),
    lanes: new Map(Object.entries(lanes) as [Lane, number][]),
    sweep,
  });
  let stopped: Promise<boolean> | undefined;
  const stop = () => stopped ??= worker.stop();
  return {
    healthy: () => worker.healthy(),
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
}

/** Runs until the signal is aborted, then throws its reason, as handlers do. */
export function untilAborted({ signal }: JobRun): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/**
 * Returns services whose statements with this label run through `intercept`.
 *
 * @param intercept receives the function that runs the statement, and returns the rows
 */
export function interceptStatement(
  services: Services,
  label: string,
  intercept: <Row>(run: () => Promise<Row[]>) => Promise<Row[]>,
): Services {
  const run: Database["run"] = (statement, ...params) => {
    const runStatement = () => services.db.run(statement, ...params);
    return statement.label === label ? intercept(runStatement) : runStatement();
  };
  return { ...services, db: { ...services.db, run } };
}
