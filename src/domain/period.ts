import { isInvalidParameter } from "../db/sqlstate.ts";
import { invalid, InvalidInputError, type Issue } from "./errors.ts";
import { issuesOfTimezone, unknownTimezone } from "./timezone.ts";

/** A period of time, from the start of the minute of `from` until before `to`. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** Length of the intervals of a series. */
export type TimeBucket = "MINUTE" | "HOUR" | "DAY";

const MAX_POINTS = 2_000;
const BUCKET_MS: Record<TimeBucket, number> = {
  MINUTE: 60_000,
  HOUR: 60 * 60_000,
  DAY: 24 * 60 * 60_000,
};

/**
 * Checks a period.
 *
 * @throws {InvalidInputError} path `to`, if the period does not end after it begins
 */
export function checkPeriod({ from, to }: Period): void {
  if (from < to) return;
  throw invalid(["to"], "OUT_OF_RANGE", "must be later than from");
}

/**
 * Reads a series of a period.
 *
 * @param timezone IANA name of the time zone in which hours and days begin
 * @param read reads the series; gets the arguments of `date_trunc`
 * @throws {InvalidInputError} for an unknown time zone, and for more than 2,000 intervals
 */
export async function inBuckets<T>(
  period: Period,
  bucket: TimeBucket,
  timezone: string,
  read: (unit: string, zone: string) => Promise<T>,
): Promise<T> {
  const issues = [...issuesOfTimezone(timezone), ...issuesOfBucket(period, bucket)];
  if (issues.length > 0) throw new InvalidInputError(issues);
  try {
    return await read(bucket.toLowerCase(), zoneOf(timezone));
  } catch (error) {
    // The time zones of PostgreSQL may be older than those of this process.
    if (!isInvalidParameter(error)) throw error;
    throw new InvalidInputError([unknownTimezone(timezone)]);
  }
}

// Replaces abbreviations by full names, because IST is Israel's time in PostgreSQL and India's in
// JavaScript. A name with a city is not replaced, because JavaScript may return an old alias such as
// Asia/Calcutta.
function zoneOf(timezone: string): string {
  if (timezone.includes("/")) return timezone;
  return new Intl.DateTimeFormat("en", { timeZone: timezone }).resolvedOptions().timeZone;
}

function issuesOfBucket({ from, to }: Period, bucket: TimeBucket): Issue[] {
  if ((to.getTime() - from.getTime()) / BUCKET_MS[bucket] <= MAX_POINTS) return [];
  const message = `splits the period into more than ${MAX_POINTS} intervals; use a longer one`;
  return [{ path: ["bucket"], code: "OUT_OF_RANGE", message }];
}
