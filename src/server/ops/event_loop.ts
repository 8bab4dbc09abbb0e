import { getLogger } from "@logtape/logtape";
import { Histogram } from "prom-client";

/** Delay of the event loop of this process, measured all the time. */
export interface EventLoop {
  /** Delays since the start, in seconds. */
  readonly delays: Histogram;
  /** Longest delay since the start, in seconds. */
  longest(): number;
  /** Longest delay since the last call, or since the start, in milliseconds. */
  takeLongestMs(): number;
  stop(): void;
}

const INTERVAL_MS = 20;
// The lease of a worker ends after 15 s without a renewal, and other requests wait meanwhile.
const WARNING_MS = 1_000;
const WARNING_INTERVAL_MS = 10_000;
const log = getLogger(["waybill", "server"]);

/**
 * Starts to measure how late the event loop runs a timer that is due every 20 ms. A delay of more than a
 * second is logged, at most every 10 s.
 *
 * perf_hooks.monitorEventLoopDelay() is not used: in Deno 2.9 it reports a blocked loop as about 1 ms.
 */
export function watchEventLoop(): EventLoop {
  const delays = new Histogram({
    name: "waybill_event_loop_delay_seconds",
    help: "Time for which a callback that was due had to wait for the event loop.",
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [],
  });
  let longestMs = 0;
  let recentMs = 0;
  let warnedAt = -Infinity;
  let due = performance.now() + INTERVAL_MS;

  const timer = setInterval(() => {
    const now = performance.now();
    const delayMs = Math.max(0, now - due);
    // Each tick that a block has skipped counts too, with its shorter delay. With one sample for each block,
    // the quantiles would hide it.
    for (let ms = delayMs; ms >= 0; ms -= INTERVAL_MS) delays.observe(ms / 1_000);
    longestMs = Math.max(longestMs, delayMs);
    recentMs = Math.max(recentMs, delayMs);
    if (delayMs >= WARNING_MS && now - warnedAt >= WARNING_INTERVAL_MS) {
      warnedAt = now;
      log.warn("The event loop was blocked for {ms} ms; a worker loses its lease after 15 s", {
        ms: Math.round(delayMs),
      });
    }
    due = now + INTERVAL_MS;
  }, INTERVAL_MS);

  return {
    delays,
    longest: () => longestMs / 1_000,
    takeLongestMs() {
      const taken = recentMs;
      recentMs = 0;
      return taken;
    },
    stop: () => clearInterval(timer),
  };
}
