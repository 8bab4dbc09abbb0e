import { getLogger } from "@logtape/logtape";
import { toTypeId } from "../domain/id.ts";
import type { Claim, ClaimedJob } from "../domain/jobs/claim.ts";
import type { JobError, Lane, Progress } from "../domain/jobs/job.ts";
import { backoffMs, jobError, JobFailure, type Outcome } from "../domain/jobs/outcome.ts";
import type { ProgressReport } from "../domain/jobs/progress.ts";
import type { SettledOutcome, Settlement } from "../domain/jobs/settle.ts";
import { type AbortCause, type Handlers, JobAborted, type JobRun } from "./handler.ts";

// What a handler may take to end after its signal has fired.
const GRACE_MS = 10_000;
// The database knows no time beyond its calendar, and one such wait would fail a whole settling.
const MAX_WAIT_MS = 365 * 24 * 60 * 60_000;
const log = getLogger(["waybill", "worker"]);

/** The jobs in this worker's hands, and the ends of those that are to be settled. */
export class RunningJobs {
  readonly #running = new Map<string, Running>();
  readonly #perLane = new Map<Lane, number>();
  #ended: Settlement[] = [];
  // Being settled: still ours, until the database has answered.
  readonly #settling = new Set<Settlement>();

  /** @param onEnded called whenever a job has ended */
  constructor(readonly handlers: Handlers, readonly onEnded: () => void) {}

  get size(): number {
    return this.#running.size;
  }

  countOf(lane: Lane): number {
    return this.#perLane.get(lane) ?? 0;
  }

  /** Fences of what is running or not settled yet. */
  fences(): number[] {
    return [...this.#running.values(), ...this.#ended, ...this.#settling].map(({ fence }) => fence);
  }

  /** Whether any of these jobs runs here. */
  runsAny(ids: readonly string[]): boolean {
    return ids.some((id) => this.#running.has(id));
  }

  /** Starts a claimed job; its end comes by itself. */
  start(job: ClaimedJob): void {
    const handler = this.handlers.get(job.kind);
    const running = new Running(job, handler?.timeoutMs ?? GRACE_MS);
    this.#running.set(job.id, running);
    this.#perLane.set(job.lane, this.countOf(job.lane) + 1);
    const ended = Promise.try(() => {
      if (!handler) throw new JobFailure("UNKNOWN_KIND", `No handler for kind ${job.kind}`);
      return handler.run(running);
    });
    ended.then(
      (outcome) => this.#end(running, outcome, null),
      (thrown: unknown) => this.#end(running, null, thrown),
    );
  }

  /** Hands over the ends that are to be settled; give each back by one of the next two. */
  takeEnded(): Settlement[] {
    const ended = this.#ended;
    this.#ended = [];
    for (const settlement of ended) this.#settling.add(settlement);
    return ended;
  }

  /** Forgets ends that are settled. */
  forgetEnded(settlements: readonly Settlement[]): void {
    for (const settlement of settlements) this.#settling.delete(settlement);
  }

  /** Takes back ends that could not be settled now. */
  returnEnded(settlements: readonly Settlement[]): void {
    this.forgetEnded(settlements);
    this.#ended.push(...settlements);
  }

  /** Fires the signals of those of `claims` that run here; null: of all. */
  abort(claims: readonly Claim[] | null, why: AbortCause): void {
    for (const running of this.#find(claims)) running.abort(why);
  }

  /** Forgets these claims and fires their signals: another worker has the jobs. */
  drop(claims: readonly Claim[] | null): void {
    for (const running of this.#find(claims)) {
      running.abort("lease lost");
      this.#forget(running);
    }
    if (!claims) this.#ended = [];
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

  // By fence, too: a job may be in its next run by now.
  #find(claims: readonly Claim[] | null): Running[] {
    if (!claims) return [...this.#running.values()];
    return claims.flatMap(({ id, fence }) => {
      const running = this.#running.get(id);
      return running?.fence === fence ? [running] : [];
    });
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

  // Bound to its job, since handlers take it out of the run: `({ report }) => …`.
  readonly report = (progress: Progress): void => {
    this.reported.progress = progress;
    this.reported.fresh = true;
  };
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
    delayMs: delayMs > 0 ? Math.min(delayMs, MAX_WAIT_MS) : 0,
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
    jobId: toTypeId("job", job.id),
    kind: job.kind,
    attempt: job.attempt,
    outcome: settlement?.outcome ?? "settled",
    ms: Math.round(performance.now() - startedAt),
    error: settlement?.error,
  };
  if (failed) log.warn("Job {kind} {jobId} attempt {attempt}: {outcome}", properties);
  else log.info("Job {kind} {jobId} attempt {attempt}: {outcome} after {ms} ms", properties);
}
