import { type Caller, ownsOrAdministers } from "../access/access.ts";

/** Reserved worker slots: a flood in one never takes a slot of another. */
export type Lane = "TRANSACTIONAL" | "AI" | "LEARNING" | "BULK" | "SYSTEM";

/** SCHEDULED is QUEUED for later: retries, snoozes, `runAt`. The API shows it as QUEUED. */
export type JobStatus =
  | "QUEUED"
  | "SCHEDULED"
  | "PROCESSING"
  | "COMPLETED"
  | "FAILED"
  | "CANCELLED";

/** Why a job, or one attempt at it, failed. */
export interface JobError {
  /** "CRASHED", "TIMEOUT", "INVALID_PAYLOAD", "INTERNAL", or a type of the kind's own. */
  readonly type: string;
  readonly code: string | null;
  readonly message: string;
}

/** How far a job has come, in the items that its kind counts. */
export interface Progress {
  /** Null while it is not known. */
  readonly total: number | null;
  readonly processed: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly skipped: number;
}

/** A job as it stands in the table. */
export interface Job {
  readonly id: string;
  readonly organizationId: string;
  /** The person who started it; null: the system. */
  readonly userId: string | null;
  readonly kind: string;
  readonly lane: Lane;
  readonly status: JobStatus;
  readonly priority: number;
  readonly runAt: Date;
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly cancelRequested: boolean;
  /** TypeID of what it works on. */
  readonly subject: string | null;
  readonly payload: Record<string, unknown>;
  readonly progress: Progress | null;
  readonly error: JobError | null;
  /** What it has to say, in the form of its kind; null: nothing. */
  readonly result: Record<string, unknown> | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** A job to be, before it has an id. */
export interface NewJob {
  readonly organizationId: string;
  readonly userId: string | null;
  readonly kind: string;
  readonly lane: Lane;
  /** What takes fair turns inside the organization; the kind, when absent. */
  readonly topic?: string;
  /** Higher runs first, within a topic. */
  readonly priority?: number;
  /** Not before; null or absent: now. */
  readonly runAt?: Date | null;
  readonly maxAttempts: number;
  /** At most one unfinished job per organization and key. */
  readonly uniqueKey?: string | null;
  readonly subject?: string | null;
  readonly payload: Record<string, unknown>;
  /** Its id, when it must be known before. */
  readonly id?: string;
}

/** True for the states that nothing leaves but `retryJob`. */
export function isFinished(status: JobStatus): boolean {
  return status === "COMPLETED" || status === "FAILED" || status === "CANCELLED";
}

/** Whether `cancelJob` has something to do; what is being cancelled it accepts again. */
export function canCancel(job: Job): boolean {
  return !isFinished(job.status) && !job.cancelRequested;
}

/** Whether `retryJob` would be accepted: what has failed or was cancelled, and what waits for its time. */
export function canRetry(job: Job): boolean {
  return job.status === "FAILED" || job.status === "CANCELLED" || job.status === "SCHEDULED";
}

/** Whether the caller may see and act on the job. */
export function mayAccess(caller: Caller, job: Job): boolean {
  return job.organizationId === caller.organizationId && ownsOrAdministers(caller, job.userId);
}
