import type { ClaimedJob } from "../domain/jobs/claim.ts";
import type { Progress } from "../domain/jobs/job.ts";
import type { Outcome } from "../domain/jobs/outcome.ts";

/** Why a running job's signal fires. A handler ends soon after, having recorded what it did. */
export type AbortCause = "cancelled" | "timeout" | "stopping" | "lease lost";

/** The reason of an aborted signal. */
export class JobAborted extends Error {
  override readonly name = "JobAborted";

  constructor(readonly why: AbortCause) {
    super(`The job was aborted: ${why}`);
  }
}

/** What a handler works with. */
export interface JobRun {
  readonly job: ClaimedJob;
  /** Fires with a `JobAborted` as its reason. */
  readonly signal: AbortSignal;
  /** Notes how far the job has come; written at most four times a second, the last one always. */
  readonly report: (progress: Progress) => void;
}

/** Runs the jobs of one kind. */
export interface JobHandler {
  /** After this the signal fires, and some seconds later the attempt counts as failed. */
  readonly timeoutMs: number;
  run(run: JobRun): Promise<Outcome>;
}

/** By kind. A job of a kind that is missing here fails its attempt. */
export type Handlers = ReadonlyMap<string, JobHandler>;
