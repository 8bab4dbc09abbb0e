import { type Caller, ownsOrAdministers } from "../access/access.ts";
import type { JobError } from "../jobs/job.ts";

/** State of a run. FAILED and CANCELLED: as its job; `retryJob` continues it. */
export type LearningStatus = "QUEUED" | "RUNNING" | "COMPLETED" | "FAILED" | "CANCELLED";

/** Selection of mails; fields are combined with AND. Null: no limit. */
export interface LearningSelection {
  /** Database ids, in ascending order. */
  readonly emailIds: readonly string[] | null;
  /** ISO 8601: mails that were sent at or after this time. */
  readonly since: string | null;
  /** Run whose failed mails are chosen. */
  readonly retryOf: string | null;
}

/** A run that learns from sent mails. */
export interface LearningRun {
  readonly id: string;
  readonly organizationId: string;
  /** Null: a caller without a user. */
  readonly startedBy: string | null;
  readonly jobId: string;
  readonly selection: LearningSelection;
  /** Whether mails that were learned with the same prompt are learned again. */
  readonly relearn: boolean;
  readonly status: LearningStatus;
  /** Version of the prompt; null until it starts. */
  readonly promptId: string | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** 0 until it starts. */
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly skipped: number;
  readonly newFactCount: number;
  /** Millionths of the currency; null: a price is unknown. */
  readonly costMicros: number | null;
}

/** A mail from which a run could not learn. */
export interface LearningFailure {
  readonly emailId: string;
  /** Subject of the mail. */
  readonly label: string;
  readonly error: JobError;
}

/** Number of mails that a run has processed. */
export function processedOf({ succeeded, failed, skipped }: LearningRun): number {
  return succeeded + failed + skipped;
}

/** Whether the caller may see and retry the run. */
export function mayAccess(caller: Caller, run: LearningRun): boolean {
  return run.organizationId === caller.organizationId && ownsOrAdministers(caller, run.startedBy);
}

/** Number of mails of one call of the model. */
export const BATCH_SIZE = 10;
