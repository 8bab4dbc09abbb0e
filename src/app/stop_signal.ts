import { getLogger } from "@logtape/logtape";
import { STOP } from "../domain/stop.ts";

/** Exit code of a stop after which results of deliveries or jobs are not recorded. */
export const UNRECORDED_EXIT_CODE = 3;

// Ctrl-C under `deno task` and a signal to the process group arrive twice: directly, and forwarded by `deno task`.
const SAME_SIGNAL_MS = 1_000;
const log = getLogger(["waybill"]);

/**
 * Handles SIGTERM and SIGINT. Until the returned function is called, a signal ends the process at once,
 * because it is still starting.
 *
 * The function resolves at the first signal. From then on the process has 10 s to stop. Repeats within a
 * second are ignored; a later one ends the process at once.
 */
export function watchStopSignals(): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let started = false;
  let stoppingSince: number | null = null;
  const onSignal = (signal: Deno.Signal) => {
    const now = performance.now();
    if (stoppingSince !== null && now - stoppingSince < SAME_SIGNAL_MS) return;
    if (!started || stoppingSince !== null) Deno.exit(130);
    stoppingSince = now;
    log.info("Stopping after {signal}; a second signal ends the process at once", { signal });
    setTimeout(exitUnfinished, STOP.exited);
    resolve();
  };
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  for (const signal of signals) Deno.addSignalListener(signal, () => onSignal(signal));
  return () => {
    started = true;
    return promise;
  };
}

function exitUnfinished(): void {
  log.error("The stop did not end within {ms} ms; exiting", { ms: STOP.exited });
  Deno.exit(UNRECORDED_EXIT_CODE);
}
