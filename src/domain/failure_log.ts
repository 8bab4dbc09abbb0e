import type { Logger } from "@logtape/logtape";
import { unavailableOf } from "./unavailable.ts";

const INTERVAL_MS = 60_000;

/**
 * Creates the log of an action that is repeated until it succeeds. Failures because of the database are logged
 * once a minute and without a stack trace, because an outage fails every repetition; other errors each time.
 *
 * @param action subject of the lines: "Renewing the lease"
 */
export function failureLog(log: Logger, action: string): (error: unknown) => void {
  let loggedAt = -Infinity;
  return (error) => {
    const unavailable = unavailableOf(error);
    if (!unavailable) return log.error("{action} failed", { action, error });
    if (performance.now() - loggedAt < INTERVAL_MS) return;
    loggedAt = performance.now();
    log.error("{action} failed and is repeated: {reason} ({cause})", {
      action,
      reason: unavailable.reason,
      cause: error instanceof Error ? error.message : String(error),
    });
  };
}
