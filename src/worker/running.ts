import { getLogger } from "@logtape/logtape";
import type { ClaimedJob } from "../domain/jobs/claim.ts";
import type { JobError, Lane, Progress } from "../domain/jobs/job.ts";
import { backoffMs, jobError, JobFailure, type Outcome } from "../domain/jobs/outcome.ts";
import type { ProgressReport } from "../domain/jobs/progress.ts";
import type { SettledOutcome, Settlement } from "../domain/jobs/settle.ts";
import { type AbortCause, type Handlers, JobAborted, type JobRun } from "./handler.ts";

// What a handler may take to end after its signal has fired.
const GRACE_MS = 10_000;
const log = getLogger(["waybill", "worker"]);

/** The jobs in this worker's hands, and the ends of those that are to be settled. */
export class RunningJobs {
  readonly #running = new Map<string, Running>();
  readonly #perLane = new Map<Lane, number>();
  #ended: Settlement[] = [];

  /** @param onEnded called whenever a job has ended */
  constructor(readonly handlers: Handlers, readonly onEnded: () => void) {}

  get size(): number {
    return this.#running.size;
  }

  countOf(lane: Lane): number {
    return this.#perLane.get(lane) ?? 0;
  }

  /** Fences of what is running or waits to be settled. */
  fences(): number[] {
    return [...this.#running.values(), ...this.#ended].map(({ fence }) => fence);
  }

  /** Starts a claimed job; its end comes by itself. */
  start(job: ClaimedJob): void {
    const handler = this.handlers.get(job.kind);
    const running = new Running(job, handler?.timeoutMs ?? GRACE_MS);
    this.#running.set(job.id, running);
    this.#perLane.set(job.lane, this.countOf(job.lane) + 1);
    const ended = handler
      ? handler.run(running)
      : Promise.reject(new JobFailure("UNKNOWN_KIND", `No handler for kind ${job.kind}`));
    ended.then(
      (outcome) => this.#end(running, outcome, null),
      (thrown: unknown) => this.#end(running, null, thrown),
    );
  }

  /** Hands over the ends that are to be settled. */
  takeEnded(): Settlement[] {
    const ended = this.#ended;
    this.#ended = [];
    return ended;
  }

  /** Takes back ends that could not be settled now. */
  returnEnded(settlements: readonly Settlement[]): void {
    this.#ended.push(...settlements);
  }

  /** Fires the signals of those of `ids` that run here; null: of all. */
  abort(ids: readonly string[] | null, why: AbortCause): void {
    for (const id of ids ?? [...this.#running.keys()]) this.#running.get(id)?.abort(why);
  }

  /** Forgets these jobs and fires their signals: another worker has them. */
  drop(ids: readonly string[] | null): void {
    const dropped = ids ?? [...this.#running.keys()];
    this.abort(dropped, "lease lost");
    for (const id of dropped) {
      const running = this.#running.get(id);
      if (running) this.#forget(running);
    }
    if (!ids) this.#ended = [];
  }

  /** Fires the signals of what has overrun its time; gives up on what ignored that. */
  checkTimeouts(now: number): void {
    for (const running of [...this.#running.values()]) {
      if (now > running.deadline) running.abort("timeout");
      if (now > running.deadline + GRACE_MS) this.#end(running, null, new JobAborted("timeout"));
    }
  }

  /** What was reported since the last call. */
  takeReports(): ProgressReport[] {
    const reports: ProgressReport[] = [];
    for (const { job, reported } of this.#running.values()) {
      if (reported.fresh && reported.progress) {
        reports.push({ ...job, progress: reported.progress });
        reported.fresh = false;
      }
    }
    return reports;
  }

  #end(running: Running, outcome: Outcome | null, thrown: unknown): void {
    // A job that was dropped, or given up at its timeout, has ended before.
    if (this.#running.get(running.job.id) !== running) return;
    this.#forget(running);
    const settlement = settlementOf(running, outcome, thrown);
    logAttempt(running, settlement);
    if (settlement) this.#ended.push(settlement);
    this.onEnded();
  }

  #forget({ job }: Running): void {
    this.#running.delete(job.id);
    this.#perLane.set(job.lane, this.countOf(job.lane) - 1);
  }
}

class Running implements JobRun {
  readonly startedAt = performance.now();
  readonly deadline: number;
  readonly reported: { progress: Progress | null; fresh: boolean } = {
    progress: null,
    fresh: false,
  };
  #controller: AbortController | null = null;

  constructor(readonly job: ClaimedJob, timeoutMs: number) {
    this.deadline = this.startedAt + timeoutMs;
  }

  get fence(): number {
    return this.job.fence;
  }

  // Made when asked for: most jobs of a flood never look at it.
  get signal(): AbortSignal {
    return (this.#controller ??= new AbortController()).signal;
  }

  get aborted(): AbortCause | null {
    const reason: unknown = this.#controller?.signal.reason;
    return reason instanceof JobAborted ? reason.why : null;
  }

  abort(why: AbortCause): void {
    (this.#controller ??= new AbortController()).abort(new JobAborted(why));
  }

  report(progress: Progress): void {
    this.reported.progress = progress;
    this.reported.fresh = true;
  }
}

function settlementOf(
  running: Running,
  outcome: Outcome | null,
  thrown: unknown,
): Settlement | null {
  if (outcome?.kind === "settled") return null;
  const { job, reported: { progress } } = running;
  const end = (outcome: SettledOutcome, delayMs = 0, error: JobError | null = null) => ({
    id: job.id,
    organizationId: job.organizationId,
    fence: job.fence,
    outcome,
    delayMs,
    error,
    progress,
  });
  if (outcome?.kind === "done") return end("done");
  if (outcome?.kind === "cancel") return end("cancel");
  if (outcome?.kind === "snooze") return end("snooze", outcome.delayMs);
  if (running.aborted === "stopping") return end("release");
  if (running.aborted === "cancelled") return end("cancel");
  if (running.aborted === "timeout" || thrown instanceof JobAborted) {
    const message = `The job did not end within ${running.deadline - running.startedAt} ms`;
    return end("retry", backoffMs(job.attempt), { type: "TIMEOUT", code: null, message });
  }
  const failure = thrown instanceof JobFailure ? thrown.options : {};
  if (failure.retryable === false) return end("fail", 0, jobError(thrown));
  return end("retry", backoffMs(job.attempt, failure.retryAfterMs), jobError(thrown));
}

function logAttempt({ job, startedAt }: Running, settlement: Settlement | null): void {
  const failed = settlement?.error != null;
  if (!log.isEnabledFor(failed ? "warning" : "info")) return;
  const properties = {
    jobId: job.id,
    kind: job.kind,
    attempt: job.attempt,
    outcome: settlement?.outcome ?? "settled",
    ms: Math.round(performance.now() - startedAt),
    error: settlement?.error,
  };
  if (failed) log.warn("Job {kind} {jobId} attempt {attempt}: {outcome}, {error}", properties);
  else log.info("Job {kind} {jobId} attempt {attempt}: {outcome} in {ms} ms", properties);
}
