import { type Caller, organizationsOf, ownsOrAdministers } from "../access/access.ts";
import type { JobKindName, JobPayload } from "./kinds.ts";
import type { Lane } from "./lane.ts";

/** SCHEDULED: due later (a retry, a snooze, `runAt`). The API shows it as QUEUED. */
export type JobStatus =
  | "QUEUED"
  | "SCHEDULED"
  | "PROCESSING"
  | "COMPLETED"
  | "FAILED"
  | "CANCELLED";

/** Error of a job, or of one attempt. */
export interface JobError {
  /** "CRASHED", "TIMEOUT", "INVALID_PAYLOAD", "UNKNOWN_KIND", "INTERNAL", or a type of the kind. */
  readonly type: string;
  readonly code: string | null;
  readonly message: string;
}

/** Progress of a job, in items that its kind defines: recipients, messages … */
export interface Progress {
  /** Null while unknown. */
  readonly total: number | null;
  readonly processed: number;
  /** Number of items that earlier runs of the job processed; absent: none. */
  readonly processedBefore?: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly skipped: number;
}

/** A job as stored. */
export interface Job {
  readonly id: string;
  readonly organizationId: string;
  /** User who started the job; null: the system. */
  readonly userId: string | null;
  readonly kind: JobKindName;
  readonly lane: Lane;
  readonly status: JobStatus;
  readonly priority: number;
  readonly runAt: Date;
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly cancelRequested: boolean;
  /** TypeID of the object that the job works on; null: none. */
  readonly subject: string | null;
  readonly payload: Record<string, unknown>;
  readonly progress: Progress | null;
  readonly error: JobError | null;
  /** Result, in the form of its kind; null: none. */
  readonly result: Record<string, unknown> | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** Worker that has the job, or had it last; null: it never ran. */
  readonly workerId: string | null;
  /** Job that `startJobAgain` copied; null: none. */
  readonly startedFrom: string | null;
}

/** Fields of a new job that do not depend on its kind. */
export interface NewJobFields {
  /** Absent: a new one. */
  readonly id?: string;
  readonly organizationId: string;
  /** Null: the system. */
  readonly userId: string | null;
  /** Topics of an organization share its slots of a lane fairly. Absent: the kind. */
  readonly topic?: string;
  /** Higher runs first, within a topic. */
  readonly priority?: number;
  /** Part of a worker slot that the job uses, in percent: 1 to 100. Absent: a whole slot. */
  readonly size?: number;
  /** Earliest start; null or absent: now. */
  readonly runAt?: Date | null;
  /** At most one unfinished job per organization has this key. */
  readonly uniqueKey?: string | null;
  /** TypeID of the object that the job works on. */
  readonly subject?: string | null;
}

/** A new job of one of the kinds, with the payload that the kind declares. */
export type NewJob = {
  [Kind in JobKindName]: NewJobFields & {
    readonly kind: Kind;
    readonly payload: JobPayload<Kind>;
    /** Absent: as the kind declares. */
    readonly lane?: Lane;
    /** Absent: as the kind declares. */
    readonly maxAttempts?: number;
  };
}[JobKindName];

/** Whether the job is in a final state; only `retryJob` leaves it. */
export function isFinished(status: JobStatus): boolean {
  return status === "COMPLETED" || status === "FAILED" || status === "CANCELLED";
}

/** Whether `cancelJob` would change the job. It also accepts jobs that are being cancelled. */
export function canCancel(job: Job): boolean {
  return !isFinished(job.status) && !job.cancelRequested;
}

/** Whether `retryJob` accepts the job: it FAILED, was CANCELLED, or is due later. */
export function canRetry(job: Pick<Job, "status">): boolean {
  return job.status === "FAILED" || job.status === "CANCELLED" || job.status === "SCHEDULED";
}

/** Whether the caller may see the job and act on it. The OPERATOR may for jobs of the system, too. */
export function mayAccess(caller: Caller, job: Job): boolean {
  return organizationsOf(caller).includes(job.organizationId) &&
    ownsOrAdministers(caller, job.userId);
}
