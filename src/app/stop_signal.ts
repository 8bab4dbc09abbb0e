import { getLogger } from "@logtape/logtape";

// Ctrl-C under `deno task` and a signal to the process group arrive twice: directly, and forwarded by `deno task`.
const SAME_SIGNAL_MS = 1_000;
const log = getLogger(["waybill"]);

/**
 * Resolves at the first SIGTERM or SIGINT. Repeats within a second are ignored; a later one ends the
 * process at once.
 */
export function untilStopSignal(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let stoppingSince: number | null = null;
  const onSignal = (signal: Deno.Signal) => {
    const now = performance.now();
    if (stoppingSince !== null) {
      if (now - stoppingSince < SAME_SIGNAL_MS) return;
      Deno.exit(130);
    }
    stoppingSince = now;
    log.info("Stopping after {signal}; a second signal ends the process at once", { signal });
    resolve();
  };
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  for (const signal of signals) Deno.addSignalListener(signal, () => onSignal(signal));
  return promise;
}
