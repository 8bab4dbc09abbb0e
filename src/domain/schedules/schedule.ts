import { Cron, CronPattern } from "croner";
import { InvalidInputError, type Issue } from "../errors.ts";
import type { JobError } from "../jobs/job.ts";

/** Starts a job of one kind again and again. */
export interface Schedule {
  readonly id: string;
  readonly organizationId: string;
  /** Unique in its organization. */
  readonly name: string;
  readonly description: string | null;
  /** Of the jobs that it starts. */
  readonly kind: string;
  readonly payload: Record<string, unknown>;
  /** Five fields: minute, hour, day of month, month, day of week. */
  readonly cron: string;
  /** IANA time zone that `cron` is read in. */
  readonly timezone: string;
  readonly enabled: boolean;
  /** The next tick; null when there is none. */
  readonly nextAt: Date | null;
}

/** What became of one tick, once its job has ended. */
export interface FireResult {
  readonly outcome: "COMPLETED" | "FAILED";
  /** In what the job counts: messages. */
  readonly processedCount: number;
  readonly recipientCount: number;
  readonly error: JobError | null;
}

/** A schedule that comes with the program. */
export type BuiltInSchedule = Pick<Schedule, "name" | "description" | "kind" | "cron">;

/** They belong to the system's organization, in UTC; what an operator changes of them stays. */
export const BUILT_IN_SCHEDULES: readonly BuiltInSchedule[] = [
  {
    name: "send-due",
    description: "Starts the scheduled messages whose time has come",
    kind: "SEND_DUE",
    cron: "* * * * *",
  },
  {
    name: "retry-failed",
    description: "Tries again what failed of the messages that are retried by schedule",
    kind: "RETRY_FAILED",
    cron: "*/15 * * * *",
  },
  {
    name: "cleanup",
    description: "Deletes what was finished longer ago than it is kept",
    kind: "CLEANUP",
    cron: "0 2 * * *",
  },
];

/**
 * The first tick after an instant; null when there is none (30 February).
 *
 * When clocks are put forward, a fixed time that the gap swallows comes at the gap's end. When they
 * are put back, a fixed time in the repeated hour comes once, at the first pass; `*` and steps go on
 * through both.
 *
 * @throws {InvalidInputError} path `cron`, `timezone`
 */
export function nextTick(cron: string, timezone: string, after: Date): Date | null {
  const issues = [...issuesOfCron(cron), ...issuesOfTimezone(timezone)];
  if (issues.length > 0) throw new InvalidInputError(issues);
  return new Cron(cron, { mode: "5-part", timezone }).nextRun(after);
}

function issuesOfCron(cron: string): Issue[] {
  try {
    // Cron itself would take a date too, and run once.
    new CronPattern(cron, undefined, { mode: "5-part" });
    return [];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `is not a cron expression of five fields such as */15 * * * *: ${reason}`;
    return [{ path: ["cron"], code: "MALFORMED", message }];
  }
}

function issuesOfTimezone(timezone: string): Issue[] {
  try {
    new Intl.DateTimeFormat("en", { timeZone: timezone });
    return [];
  } catch {
    const message = `is not an IANA time zone such as Europe/Berlin: ${JSON.stringify(timezone)}`;
    return [{ path: ["timezone"], code: "MALFORMED", message }];
  }
}
