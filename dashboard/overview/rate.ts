import type { MinutePoint } from "./operations.ts";

const MINUTE_MS = 60_000;

/**
 * Present rate of sent deliveries per minute: over the last full minute and the part of the current one.
 *
 * @param points minutes, oldest first; the last one is not over
 * @param now time in ms
 */
export function sentPerMinute(points: readonly MinutePoint[], now: number): number {
  const [full, current] = points.slice(-2);
  if (!full || !current) return 0;
  // The clocks of server and browser may differ.
  const elapsed = Math.min(Math.max(now - new Date(current.at).getTime(), 0), MINUTE_MS);
  return Math.round((full.sent + current.sent) / (1 + elapsed / MINUTE_MS));
}
