const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

// About two days in all.
const WAITS_MS = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  16 * HOUR,
];
const JITTER = 0.1;

/**
 * Computes the wait after a failed attempt of a call, in milliseconds: 5 s, 30 s, 2, 10, 30 min, 2, 5, 10, 14, 16 h,
 * each with ± 10 % jitter.
 *
 * @param attempt number of the failed attempt, from 1
 * @param retryAfterMs wait that the receiver requires; null: none
 * @param random a number from 0 to 1
 * @returns null after the last attempt
 */
export function waitAfter(
  attempt: number,
  retryAfterMs: number | null,
  random: number = Math.random(),
): number | null {
  const waitMs = WAITS_MS[attempt - 1];
  if (waitMs === undefined) return null;
  return Math.round(Math.max(waitMs * (1 - JITTER + 2 * JITTER * random), retryAfterMs ?? 0));
}
