import { getLogger } from "@logtape/logtape";
import { Liveness } from "./liveness.ts";

const log = getLogger(["waybill", "worker"]);

/** A task that is repeated. */
export interface RepeatedTask {
  /** False if it has not succeeded for `silentMs` beyond its interval. */
  healthy(): boolean;
  /** Stops repeating. Resolves when a run in progress has ended. */
  stop(): Promise<void>;
}

/**
 * Repeats a task. A failure is logged and does not stop the repetition.
 *
 * @param ms milliseconds from the end of one run to the start of the next, ± 10 %
 * @param name subject of the log line about a failure: "Renewing the lease"
 * @param silentMs maximum duration of a run, in milliseconds, after which the task is not healthy; 10 s
 *   by default
 */
export function every(
  ms: number,
  name: string,
  task: () => Promise<void>,
  silentMs?: number,
): RepeatedTask {
  const liveness = new Liveness(ms, silentMs);
  let stopped = false;
  let run = Promise.resolve();
  let timer: ReturnType<typeof setTimeout>;
  const schedule = () => {
    timer = setTimeout(() => {
      run = runOnce().then(() => {
        if (!stopped) schedule();
      });
    }, ms * (0.9 + 0.2 * Math.random()));
  };
  const runOnce = async () => {
    try {
      await task();
      liveness.completeIteration();
    } catch (error) {
      log.error("{name} failed", { name, error });
    }
  };
  schedule();
  return {
    healthy: () => liveness.alive,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await run;
    },
  };
}
