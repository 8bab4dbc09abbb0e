import { getLogger } from "@logtape/logtape";
import type { Unavailable } from "../domain/unavailable.ts";

const INTERVAL_MS = 60_000;
const log = getLogger(["waybill", "server"]);
let loggedAt = -Infinity;
let unlogged = 0;

/** Logs that a request failed because of the database, once a minute, because an outage fails every request. */
export function logUnavailable({ reason }: Unavailable, error: unknown): void {
  unlogged++;
  const now = performance.now();
  if (now - loggedAt < INTERVAL_MS) return;
  const cause = error instanceof Error ? error.message : String(error);
  log.warn("{reason} ({cause}); requests answered as UNAVAILABLE since the last report: {count}", {
    reason,
    cause,
    count: unlogged,
  });
  loggedAt = now;
  unlogged = 0;
}
