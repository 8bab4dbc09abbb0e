import { Cron, CronPattern } from "croner";
import { InvalidInputError, type Issue } from "../errors.ts";
import type { JobError } from "../jobs/job.ts";
import type { JobKindName } from "../jobs/kinds.ts";
import { issuesOfTimezone } from "../timezone.ts";

/** A schedule: starts a job of one kind at each tick. */
export interface Schedule {
  readonly id: string;
  readonly organizationId: string;
  /** Unique within its organization. */
  readonly name: string;
  readonly description: string | null;
  /** Kind of the jobs that it starts. */
  readonly kind: JobKindName;
  readonly payload: Record<string, unknown>;
  /** Cron expression of five fields: minute, hour, day of month, month, day of week. */
  readonly cron: string;
  /** IANA time zone of `cron`. */
  readonly timezone: string;
  readonly enabled: boolean;
  /** Next tick; null if there is none. */
  readonly nextAt: Date | null;
}

/** Result of the job that a tick started. */
export interface FireResult {
  readonly outcome: "COMPLETED" | "FAILED";
  /** Number of messages processed. */
  readonly processedCount: number;
  /** Number of recipients in these messages. */
  readonly recipientCount: number;
  readonly error: JobError | null;
}

/** A schedule that every installation has. */
export type BuiltInSchedule = Pick<Schedule, "name" | "description" | "kind" | "cron">;

/** Schedules of the system organization, in UTC. Changes made by an operator persist. */
export const BUILT_IN_SCHEDULES: readonly BuiltInSchedule[] = [
  {
    name: "send-due",
    description: "Starts scheduled messages that are due.",
    kind: "SEND_DUE",
    cron: "* * * * *",
  },
  {
    name: "retry-failed",
    description: "Retries the failed deliveries of messages in retry mode CRON.",
    kind: "RETRY_FAILED",
    cron: "*/15 * * * *",
  },
  {
    name: "cleanup",
    description: "Deletes finished jobs and deliveries whose retention period is over.",
    kind: "CLEANUP",
    cron: "0 2 * * *",
  },
];

/**
 * Computes the first tick after an instant; null if there is none (30 February).
 *
 * If clocks are put forward over a fixed time, its tick comes at the end of the gap. If they are put
 * back, a fixed time in the repeated hour ticks once, the first time; `*` and step values tick both times.
 *
 * @throws {InvalidInputError} with path `cron` or `timezone`
 */
export function nextTick(cron: string, timezone: string, after: Date): Date | null {
  const issues = [...issuesOfCron(cron), ...issuesOfTimezone(timezone)];
  if (issues.length > 0) throw new InvalidInputError(issues);
  return new Cron(cron, { mode: "5-part", timezone }).nextRun(after);
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
