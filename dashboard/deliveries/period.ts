const HOUR_MS = 3_600_000;

/** Periods up to now, by their name in the URL. */
export const PERIODS = [
  { value: "1h", length: "1 hour", ms: HOUR_MS },
  { value: "24h", length: "24 hours", ms: 24 * HOUR_MS },
  { value: "7d", length: "7 days", ms: 7 * 24 * HOUR_MS },
  { value: "30d", length: "30 days", ms: 30 * 24 * HOUR_MS },
  { value: "90d", length: "90 days", ms: 90 * 24 * HOUR_MS },
] as const;

/** Start of a period that ends now, as an ISO time to the minute; null for an unknown name. */
export function startOf(period: string | undefined): string | null {
  const found = PERIODS.find(({ value }) => value === period);
  // Full minutes, so that a list is not read again at each render.
  return found
    ? new Date(Math.floor((Date.now() - found.ms) / 60_000) * 60_000).toISOString()
    : null;
}
