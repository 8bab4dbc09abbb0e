import { getLogger } from "@logtape/logtape";
import { toTypeId } from "../domain/id.ts";
import type { Claim, ClaimedJob } from "../domain/jobs/claim.ts";
import type { JobError, Progress } from "../domain/jobs/job.ts";
import type { Lane } from "../domain/jobs/lane.ts";
import {
  backoffMs,
  jobError,
  JobFailure,
  type JobWait,
  type Outcome,
} from "../domain/jobs/outcome.ts";
import type { ProgressReport } from "../domain/jobs/progress.ts";
import type { SettledOutcome, Settlement } from "../domain/jobs/settle.ts";
import type { Meter } from "../domain/meter.ts";
import { isOutage } from "../domain/unavailable.ts";
import { type BoundHandler, type JobRun } from "./handler.ts";
import { type AbortCause, JobAborted } from "../domain/jobs/abort.ts";

// Time that a handler has to end after its signal was aborted.
const GRACE_MS = 10_000;
// A longer wait could exceed the range of timestamptz, which would fail the whole settle statement.
const MAX_WAIT_MS = 365 * 24 * 60 * 60_000;
const log = getLogger(["waybill", "worker"]);

/** Jobs that a worker runs. */
export class RunningJobs {
  readonly #running = new Map<string, Running>();
  readonly #sizes = new Map<Lane, number>();

  /**
   * @param handlers by kind; an attempt at a job of another kind fails
   * @param onEnd called when an attempt has ended; with null if its handler has settled the job
   * @param meter absent: attempts are not counted
   */
  constructor(
    readonly handlers: ReadonlyMap<string, BoundHandler>,
    readonly onEnd: (settlement: Settlement | null) => void,
    readonly meter?: Meter,
  ) {}

  get size(): number {
    return this.#running.size;
  }

  /** Total size of the jobs of a lane; 100 is a whole slot. */
  sizeOf(lane: Lane): number {
    return this.#sizes.get(lane) ?? 0;
  }

  fences(): number[] {
    return [...this.#running.values()].map(({ job }) => job.fence);
  }

  ids(): string[] {
    return [...this.#running.keys()];
  }

  /** Whether any of these jobs runs here. */
  runsAny(ids: readonly string[]): boolean {
    return ids.some((id) => this.#running.has(id));
  }

  /** Starts an attempt at a claimed job. */
  start(job: ClaimedJob): void {
    // An earlier claim that has ended, but the answer of the statement that ended it has not arrived yet.
    const ended = this.#running.get(job.id);
    if (ended) this.drop([ended.job]);
    const handler = this.handlers.get(job.kind);
    const running = new Running(job, handler?.timeoutMs ?? GRACE_MS);
    this.#running.set(job.id, running);
    this.#sizes.set(job.lane, this.sizeOf(job.lane) + job.size);
    Promise.try(() => {
      if (!handler) throw new JobFailure("UNKNOWN_KIND", `No handler for kind ${job.kind}`);
      return handler.run(running, job.payload);
    }).then(
      (outcome) => this.#end(running, outcome, null),
      (thrown: unknown) => this.#end(running, null, thrown),
    );
  }

  /** Aborts the signals of those of these claims that run here; null: of all claims. */
  abort(claims: readonly Claim[] | null, cause: AbortCause): void {
    for (const running of this.#find(claims)) running.abort(cause);
  }

  /** Aborts and removes these claims, because other workers have the jobs; null: all claims. */
  drop(claims: readonly Claim[] | null): void {
    for (const running of this.#find(claims)) {
      running.abort("lease lost");
      this.#remove(running);
    }
  }

  /**
   * Aborts jobs that run longer than their kind allows, and fails those that ignore it for 10 s.
   *
   * @param now as `performance.now()`
   */
  checkTimeouts(now: number): void {
    for (const running of [...this.#running.values()]) {
      if (now > running.deadline) running.abort("timeout");
      if (now > running.deadline + GRACE_MS) this.#end(running, null, new JobAborted("timeout"));
    }
  }

  /** Takes the newest progress of each job that has reported since the last call. */
  takeReports(): ProgressReport[] {
    const reports: ProgressReport[] = [];
    for (const { job, reported } of this.#running.values()) {
      if (reported.unwritten && reported.progress) {
        reports.push({ ...job, progress: reported.progress });
        reported.unwritten = false;
      }
    }
    return reports;
  }

  // The fence is compared, too, because the job may run here again under a later claim.
  #find(claims: readonly Claim[] | null): Running[] {
    if (!claims) return [...this.#running.values()];
    return claims.flatMap(({ id, fence }) => {
      const running = this.#running.get(id);
      return running?.job.fence === fence ? [running] : [];
    });
  }

  #end(running: Running, outcome: Outcome | null, thrown: unknown): void {
    // Ignore the handler of a job that was dropped, or failed at its timeout.
    if (this.#running.get(running.job.id) !== running) return;
    this.#remove(running);
    try {
      const settlement = settlementOf(running, outcome, thrown);
      logAttempt(running, settlement);
      const seconds = (performance.now() - running.startedAt) / 1_000;
      // A handler that settles its job itself has done it.
      this.meter?.jobAttempt(running.job, settlement?.outcome ?? "done", seconds);
      this.onEnd(settlement);
    } catch (error) {
      // The claim is not in this list any more, so that the next reconciliation requeues the job.
      log.error("Cannot end job {jobId}", { jobId: running.job.id, error });
    }
  }

  #remove({ job }: Running): void {
    this.#running.delete(job.id);
    this.#sizes.set(job.lane, this.sizeOf(job.lane) - job.size);
  }
}

class Running implements JobRun {
  readonly startedAt = performance.now();
  readonly deadline: number;
  readonly reported: { progress: Progress | null; unwritten: boolean } = {
    progress: null,
    unwritten: false,
  };
  #controller: AbortController | null = null;

  constructor(readonly job: ClaimedJob, timeoutMs: number) {
    this.deadline = this.startedAt + timeoutMs;
  }

  // Created on demand, because most short jobs never read it.
  get signal(): AbortSignal {
    return (this.#controller ??= new AbortController()).signal;
  }

  get aborted(): AbortCause | null {
    const reason: unknown = this.#controller?.signal.reason;
    return reason instanceof JobAborted ? reason.abortCause : null;
  }

  abort(cause: AbortCause): void {
    (this.#controller ??= new AbortController()).abort(new JobAborted(cause));
  }

  // An arrow function, because handlers destructure it: `({ report }) => …`.
  readonly report = (progress: Progress): void => {
    this.reported.progress = progress;
    this.reported.unwritten = true;
  };
}

function settlementOf(
  running: Running,
  outcome: Outcome | null,
  thrown: unknown,
): Settlement | null {
  if (outcome?.kind === "alreadySettled") return null;
  const { job, reported: { progress } } = running;
  const end = (
    outcome: SettledOutcome,
    delayMs = 0,
    error: JobError | null = null,
    wait: JobWait | null = null,
  ) => ({
    id: job.id,
    organizationId: job.organizationId,
    fence: job.fence,
    outcome,
    delayMs: delayMs > 0 ? Math.min(delayMs, MAX_WAIT_MS) : 0,
    wait,
    error,
    progress,
  });
  if (outcome?.kind === "done") return end("done");
  if (outcome?.kind === "cancel") return end("cancel");
  if (outcome?.kind === "snooze") return end("snooze", outcome.delayMs, null, outcome.wait);
  if (running.aborted === "stopping") return end("release");
  if (running.aborted === "cancelled") return end("cancel");
  if (running.aborted === "timeout" || thrown instanceof JobAborted) {
    const message = `The job did not end within ${running.deadline - running.startedAt} ms`;
    return end("retry", backoffMs(job.attempt), { type: "TIMEOUT", code: null, message });
  }
  if (isOutage(thrown)) return end("snooze", backoffMs(1), jobError(thrown));
  const failure = thrown instanceof JobFailure ? thrown.options : {};
  if (failure.retryable === false) return end("fail", 0, jobError(thrown));
  return end("retry", backoffMs(job.attempt, failure.retryAfterMs), jobError(thrown));
}

// Snoozes are for debugging, because during an outage all jobs that wait for the provider snooze again and again.
function logAttempt({ job, startedAt }: Running, settlement: Settlement | null): void {
  const level = settlement?.error ? "warning" : settlement?.outcome === "snooze" ? "debug" : "info";
  if (!log.isEnabledFor(level)) return;
  const properties = {
    jobId: toTypeId("job", job.id),
    kind: job.kind,
    attempt: job.attempt,
    outcome: settlement?.outcome ?? "already settled",
    ms: Math.round(performance.now() - startedAt),
    ...settlement?.error && { error: settlement.error },
  };
  const start = "Job {kind} {jobId}, attempt {attempt}: {outcome}";
  if (level === "warning") return log.warn(start, properties);
  if (level === "info") return log.info(`${start} after {ms} ms`, properties);
  const { delayMs = 0, wait } = settlement ?? {};
  const seconds = Math.round(delayMs / 1_000);
  const snoozed = { ...properties, seconds, ...wait && { reason: wait.reason } };
  log.debug(`${start} for {seconds} s, after {ms} ms`, snoozed);
}
