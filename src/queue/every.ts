import { getLogger } from "@logtape/logtape";
import { failureLog } from "../domain/failure_log.ts";
import { Liveness } from "./liveness.ts";

const log = getLogger(["waybill", "worker"]);

/** Options of a repeated task. */
export interface RepeatOptions {
  /** Milliseconds before the first run; by default as before every other run. */
  readonly firstMs?: number;
  /** Maximum duration of a run, in milliseconds, after which the task is not healthy; 10 s by default. */
  readonly silentMs?: number;
}

/** A task that is repeated. */
export interface RepeatedTask {
  /** False if it has not succeeded for `silentMs` beyond its interval. */
  healthy(): boolean;
  /** Stops repeating. Resolves when a run in progress has ended. */
  stop(): Promise<void>;
}

/**
 * Repeats a task. A failure is logged and does not stop the repetition; see `failureLog`.
 *
 * @param ms milliseconds from the end of one run to the start of the next, ± 10 %
 * @param name subject of the log line about a failure: "Renewing the lease"
 */
export function every(
  ms: number,
  name: string,
  task: () => Promise<void>,
  { firstMs, silentMs }: RepeatOptions = {},
): RepeatedTask {
  const liveness = new Liveness(ms, silentMs);
  const logFailure = failureLog(log, name);
  let stopped = false;
  let run = Promise.resolve();
  let timer: ReturnType<typeof setTimeout>;
  const schedule = (waitMs = ms * (0.9 + 0.2 * Math.random())) => {
    timer = setTimeout(() => {
      run = runOnce().then(() => {
        if (!stopped) schedule();
      });
    }, waitMs);
  };
  const runOnce = async () => {
    try {
      await task();
      liveness.completeIteration();
    } catch (error) {
      logFailure(error);
    }
  };
  schedule(firstMs);
  return {
    healthy: () => liveness.alive,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await run;
    },
  };
}
