import type { JobError } from "../jobs/job.ts";

/** Trial of a version of a prompt on past inputs. It sends nothing and changes no other object. */
export interface PromptTrial {
  readonly id: string;
  readonly organizationId: string;
  /** Version under trial. */
  readonly promptId: string;
  readonly jobId: string;
  /** Decimal number in units of the currency; null: it was not known. */
  readonly estimatedCost: string | null;
  readonly createdAt: Date;
  /** User who started it; null if the key or token named none. */
  readonly createdBy: string | null;
  /** Null: not all results are complete. */
  readonly finishedAt: Date | null;
  readonly sampleCount: number;
  readonly finishedCount: number;
  readonly failedCount: number;
  /** 0 to 1; null: no answer yet. */
  readonly meanSimilarity: number | null;
  /** Cost of its calls so far in millionths of the currency; null: a cost is unknown. */
  readonly costMicros: number | null;
}

/** Result of a trial for one past input. */
export interface TrialResult {
  readonly organizationId: string;
  readonly trialId: string;
  /** From 1, newest input first. */
  readonly position: number;
  /** TypeID of the object. */
  readonly subject: string;
  /** Null until it is finished. */
  readonly before: string | null;
  /** Null until it is finished, and if the call failed. */
  readonly after: string | null;
  /** 0 to 1: share of the text that did not change; null without `after`. */
  readonly similarity: number | null;
  /** Null: it did not fail. */
  readonly error: JobError | null;
  readonly finishedAt: Date | null;
  /** Cost of its calls in millionths of the currency; null: not known, or none was made. */
  readonly costMicros: number | null;
}
