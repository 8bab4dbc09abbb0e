import { type Caller, SYSTEM_ORGANIZATION_ID } from "../access/access.ts";
import { toTypeId } from "../id.ts";
import { isJobKind, JOB_KINDS } from "../jobs/kinds.ts";
import type { JobRow } from "../jobs/enqueue.ts";
import { SCHEDULE_KEY } from "../jobs/notify.ts";
import type { Rhythm } from "./ticks.ts";

/** A schedule: starts a job of one kind at each tick. */
export type Schedule = Rhythm & {
  readonly id: string;
  readonly organizationId: string;
  /** Unique within its organization. */
  readonly name: string;
  readonly description: string | null;
  /** Kind of the jobs that it starts: any text, because a newer version of the program may have inserted it. */
  readonly kind: string;
  readonly payload: Record<string, unknown>;
  readonly enabled: boolean;
  /** Next tick; null if there is none. While paused, the tick that was next at the time of the pause. */
  readonly nextAt: Date | null;
  /** User who created it; null: the system, or a caller without a user. */
  readonly createdBy: string | null;
  readonly createdAt: Date;
  /** Time of the last edit, fire or recorded outcome. */
  readonly updatedAt: Date;
};

/** Whether it is built in: it belongs to the system organization, and only the OPERATOR changes it. */
export function isBuiltIn({ organizationId }: Pick<Schedule, "organizationId">): boolean {
  return organizationId === SYSTEM_ORGANIZATION_ID;
}

/** Whether the caller may see the schedule: an ADMIN sees those of its organization and the built-in ones. */
export function maySee(caller: Caller, schedule: Pick<Schedule, "organizationId">): boolean {
  return caller.role !== "MEMBER" &&
    (schedule.organizationId === caller.organizationId || isBuiltIn(schedule));
}

/** Whether the caller may change the schedule: an ADMIN those of its organization, the OPERATOR built-in ones, too. */
export function mayChange(caller: Caller, schedule: Pick<Schedule, "organizationId">): boolean {
  return maySee(caller, schedule) && (!isBuiltIn(schedule) || caller.role === "OPERATOR");
}

/** Organization whose events a change of the schedule concerns; "*": all, for a built-in one. */
export function audienceOf(schedule: Pick<Schedule, "organizationId">): string {
  return isBuiltIn(schedule) ? "*" : schedule.organizationId;
}

/** Origin of a job that a schedule starts. */
export interface JobOrigin {
  readonly jobId: string;
  /** Organization that the job covers; the system's covers all. */
  readonly organizationId: string;
  /** User who started it; null: a tick. */
  readonly userId: string | null;
}

/** Job of a fire. */
export interface FireJob extends JobRow {
  readonly id: string;
  /** Key by which a schedule has one unfinished job per organization. */
  readonly uniqueKey: string;
  /** TypeID of the schedule. */
  readonly subject: string;
}

/**
 * Creates the job of a fire.
 *
 * @throws {Error} for a kind that this version of the program does not have
 */
export function jobOf(
  { id, name, kind, payload }: Pick<Schedule, "id" | "name" | "kind" | "payload">,
  { jobId, organizationId, userId }: JobOrigin,
): FireJob {
  if (!isJobKind(kind)) {
    throw new Error(`Cannot fire ${name}: this version has no job kind ${kind}`);
  }
  const { lane, maxAttempts } = JOB_KINDS[kind];
  const subject = toTypeId("schedule", id);
  const uniqueKey = `${SCHEDULE_KEY}${subject}`;
  return {
    id: jobId,
    organizationId,
    userId,
    kind,
    lane,
    maxAttempts,
    uniqueKey,
    subject,
    payload,
  };
}
