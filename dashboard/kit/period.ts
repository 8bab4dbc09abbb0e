import { useState } from "react";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Periods up to now, by their name in the URL. `bucket` is the interval of their charts. */
export const PERIODS = [
  { value: "1h", length: "1 hour", ms: HOUR_MS, bucket: "MINUTE" },
  { value: "24h", length: "24 hours", ms: DAY_MS, bucket: "HOUR" },
  { value: "7d", length: "7 days", ms: 7 * DAY_MS, bucket: "HOUR" },
  { value: "30d", length: "30 days", ms: 30 * DAY_MS, bucket: "DAY" },
  { value: "90d", length: "90 days", ms: 90 * DAY_MS, bucket: "DAY" },
] as const;

/** Name of a period in the URL. */
export type PeriodName = typeof PERIODS[number]["value"];

/** Interval of a chart. */
export type Bucket = typeof PERIODS[number]["bucket"];

function periodOf(name: string | undefined) {
  return PERIODS.find(({ value }) => value === name);
}

/** Start of a period that ends now, as an ISO time to the minute; null for an unknown name. */
export function startOf(name: string | undefined): string | null {
  const period = periodOf(name);
  // Full minutes, so that a list is not read again at each render.
  return period
    ? new Date(Math.floor((Date.now() - period.ms) / MINUTE_MS) * MINUTE_MS).toISOString()
    : null;
}

/** Length of a period in words: "1 hour"; null for an unknown name. */
export function lengthOf(name: string | undefined): string | null {
  return periodOf(name)?.length ?? null;
}

/** A period for analytics that are read again while it continues. */
export interface LivePeriod {
  readonly name: PeriodName;
  /** Variables of the query. */
  readonly variables: {
    readonly from: string;
    readonly to: string;
    readonly bucket: Bucket;
    readonly timezone: string;
  };
  /** Moves the end to the present minute. Returns false if it was there already. */
  readonly advance: () => boolean;
}

/** The period that the URL names, or `fallback`, up to the end of the present minute. */
export function useLivePeriod(text: string | undefined, fallback: PeriodName): LivePeriod {
  const [end, setEnd] = useState(endOfMinute);
  const { value: name, ms, bucket } = periodOf(text) ?? periodOf(fallback) ?? PERIODS[0];
  return {
    name,
    variables: {
      from: new Date(end - ms).toISOString(),
      to: new Date(end).toISOString(),
      bucket,
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    },
    advance() {
      const next = endOfMinute();
      setEnd(next);
      return next !== end;
    },
  };
}

function endOfMinute(): number {
  return Math.ceil(Date.now() / MINUTE_MS) * MINUTE_MS;
}
