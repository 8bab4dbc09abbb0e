import { Cron, CronPattern } from "croner";
import { toString as describeCron } from "cronstrue";
import { InvalidInputError, type Issue } from "../errors.ts";
import { issuesOfTimezone } from "../timezone.ts";

/** The ticks of a schedule: by a cron expression, or at an interval. */
export interface Rhythm {
  /** Cron expression of five fields: minute, hour, day of month, month, day of week. Null: an interval. */
  readonly cron: string | null;
  /** Time from one tick to the next, in milliseconds. Null: a cron expression. */
  readonly intervalMs: number | null;
  /** IANA time zone of `cron`. */
  readonly timezone: string;
}

/**
 * Computes the first tick after an instant; null if there is none (30 February).
 *
 * If clocks are put forward over a fixed time, its tick comes at the end of the gap. If they are put
 * back, a fixed time in the repeated hour ticks once, the first time; `*` and step values tick both times.
 *
 * @param previous tick from which an interval counts, so that delays do not add up; null: from `after`
 * @throws {InvalidInputError} with path `cron` or `timezone`
 */
export function nextTick(rhythm: Rhythm, after: Date, previous: Date | null = null): Date | null {
  const { intervalMs } = rhythm;
  if (intervalMs === null) return nextTicks(rhythm, after, 1)[0] ?? null;
  const elapsed = previous ? after.getTime() - previous.getTime() : 0;
  // A tick in the future was computed before the clock was set back.
  const intoInterval = elapsed > 0 ? elapsed % intervalMs : 0;
  return new Date(after.getTime() - intoInterval + intervalMs);
}

/**
 * Computes the first ticks after an instant; fewer if there are no more.
 *
 * @throws {InvalidInputError} as `nextTick`
 */
export function nextTicks(
  { cron, intervalMs, timezone }: Rhythm,
  after: Date,
  count: number,
): Date[] {
  if (cron === null) {
    const interval = intervalMs ?? 0;
    return Array.from({ length: count }, (_, n) => new Date(after.getTime() + (n + 1) * interval));
  }
  const issues = [...issuesOfCron(cron), ...issuesOfTimezone(timezone)];
  if (issues.length > 0) throw new InvalidInputError(issues);
  return new Cron(cron, { mode: "5-part", timezone }).nextRuns(count, after);
}

/** Computes the next ticks of a schedule; none while it is paused. */
export function upcomingTicks(
  schedule: Rhythm & { readonly enabled: boolean; readonly nextAt: Date | null },
  count: number,
): Date[] {
  const { enabled, nextAt } = schedule;
  if (!enabled || !nextAt) return [];
  return [nextAt, ...nextTicks(schedule, nextAt, count - 1)];
}

/**
 * Finds the faults of a cron expression and its time zone. An expression that never comes due is one, too.
 *
 * @returns issues with the paths `cron` and `timezone`; empty if there is no fault
 */
export function issuesOfRhythm(cron: string, timezone: string, now: Date): Issue[] {
  const issues = [...issuesOfCron(cron), ...issuesOfTimezone(timezone)];
  if (issues.length > 0 || nextTick({ cron, intervalMs: null, timezone }, now)) return issues;
  return [{ path: ["cron"], code: "NEVER_DUE", message: `never comes due: ${cron}` }];
}

function issuesOfCron(cron: string): Issue[] {
  try {
    // The constructor of Cron also accepts a date, which ticks once.
    new CronPattern(cron, undefined, { mode: "5-part" });
    return [];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `is not a cron expression of five fields such as */15 * * * *: ${reason}`;
    return [{ path: ["cron"], code: "MALFORMED", message }];
  }
}

const UNITS = [
  [3_600_000, "hour"],
  [60_000, "minute"],
  [1_000, "second"],
] as const;

/** Describes the ticks in English: "Every 15 minutes", "At 02:00". */
export function inWords({ cron, intervalMs }: Pick<Rhythm, "cron" | "intervalMs">): string {
  if (cron === null) return intervalInWords(intervalMs ?? 0);
  try {
    return describeCron(cron, { use24HourTimeFormat: true });
  } catch {
    // The library does not know every extension of croner.
    return cron;
  }
}

function intervalInWords(ms: number): string {
  const [size, unit] = UNITS.find(([size]) => ms % size === 0) ?? [1, "millisecond"];
  const count = ms / size;
  return count === 1 ? `Every ${unit}` : `Every ${count} ${unit}s`;
}
