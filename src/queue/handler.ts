import type { z } from "zod";
import type { ClaimedJob } from "../domain/jobs/claim.ts";
import type { Progress } from "../domain/jobs/job.ts";
import { JobFailure, type Outcome } from "../domain/jobs/outcome.ts";

/** One attempt at a job, as passed to its handler. */
export interface JobRun {
  /** The claimed job. Its checked payload is a parameter of its own. */
  readonly job: Omit<ClaimedJob, "payload">;
  /** Aborted with a `JobAborted` as its reason. */
  readonly signal: AbortSignal;
  /** Reports progress. It is written at most four times a second; the last report always is. */
  readonly report: (progress: Progress) => void;
}

/** Runs one attempt at a job. If it throws, the job is retried, unless the `JobFailure` forbids it. */
export type JobHandler<Payload> = (run: JobRun, payload: Payload) => Promise<Outcome>;

/** Kinds of jobs by name, with what the queue needs of their declarations. */
export type KindTable<Payloads> = {
  readonly [Kind in keyof Payloads]: {
    readonly payload: z.ZodType<Payloads[Kind]>;
    /** After this time the signal is aborted; a few seconds later the attempt counts as failed. */
    readonly timeoutMs: number;
  };
};

/** One handler for each kind. */
export type Handlers<Payloads> = {
  readonly [Kind in keyof Payloads]: JobHandler<Payloads[Kind]>;
};

/** A handler with the declaration of its kind. `run` checks the stored payload. */
export interface BoundHandler {
  readonly timeoutMs: number;
  /** @throws {JobFailure} INVALID_PAYLOAD, not retryable */
  run(run: JobRun, payload: unknown): Promise<Outcome>;
}

/** Binds handlers to the declarations of their kinds, by the name of the kind. */
export function bindHandlers<Payloads>(
  kinds: KindTable<Payloads>,
  handlers: Handlers<NoInfer<Payloads>>,
): ReadonlyMap<string, BoundHandler> {
  const bound = new Map<string, BoundHandler>();
  for (const kind in kinds) bound.set(kind, bind(kinds[kind], handlers[kind]));
  return bound;
}

function bind<Payload>(
  { payload, timeoutMs }: KindTable<{ kind: Payload }>["kind"],
  handle: JobHandler<Payload>,
): BoundHandler {
  return {
    timeoutMs,
    run(run, stored) {
      const { data, error } = payload.safeParse(stored);
      if (error) throw invalidPayload(error);
      return handle(run, data);
    },
  };
}

function invalidPayload({ issues }: z.ZodError): JobFailure {
  const faults = issues.map(({ path, message }) => `${["payload", ...path].join(".")}: ${message}`);
  return new JobFailure("INVALID_PAYLOAD", faults.join("; "), { retryable: false });
}
