import { hostname } from "node:os";
import { getLogger } from "@logtape/logtape";
import { POLL_MS, promoteDueJobs } from "../domain/jobs/claim.ts";
import type { LaneSlots } from "../domain/jobs/lane.ts";
import {
  deregisterWorker,
  readCancelRequests,
  reconcile,
  registerWorker,
  renewLease,
  rescueOrphans,
} from "../domain/jobs/lease.ts";
import { failureLog } from "../domain/failure_log.ts";
import { isHeld } from "../domain/hold.ts";
import { writeProgress } from "../domain/jobs/progress.ts";
import { newId, toTypeId } from "../domain/id.ts";
import type { Services } from "../domain/services.ts";
import { endStep, STOP } from "../domain/stop.ts";
import { Claimer } from "./claimer.ts";
import { Completer } from "./completer.ts";
import { every, type RepeatedTask } from "./every.ts";
import type { BoundHandler } from "./handler.ts";
import { HangWatch } from "./hang_watch.ts";
import { Liveness } from "./liveness.ts";
import { RunningJobs } from "./running_jobs.ts";
import { WakeSignal } from "./wake_signal.ts";

const LOOPS = 2;
// Two renewals with a failed one between them must be less than 5 s apart; see `rescueOrphans`.
const RENEW_MS = 2_000;
const RECONCILE_MS = 5_000;
const RESCUE_MS = 3_000;
const SWEEP_MS = 5_000;
// A sweep after an outage of a provider ends thousands of batches, which takes longer than the other tasks.
const MAX_SWEEP_MS = 5 * 60_000;
const PROMOTE_MS = 1_000;
const PROMOTE_LIMIT = 1_000;
const HOLD_MS = 1_000;
const PROGRESS_MS = 250;
const log = getLogger(["waybill", "worker"]);
const logLoopFailure = failureLog(log, "Claiming and settling jobs");

/** Options of a worker. */
export interface WorkerOptions {
  /** By kind; see `bindHandlers`. */
  readonly handlers: ReadonlyMap<string, BoundHandler>;
  readonly lanes: LaneSlots;
  /** Maintenance that every replica runs every few seconds. */
  readonly sweep?: () => Promise<void>;
  /** Returns the longest delay of the event loop since the last call, in ms; absent: not measured. */
  readonly eventLoopDelay?: () => number;
}

/** A running worker. */
export interface Worker {
  /** False if a loop or task has not succeeded for 10 s beyond its interval; for the sweep: 5 min. */
  healthy(): boolean;
  /**
   * Stops claiming, waits for running jobs, and requeues the others, by the deadlines of `STOP`.
   *
   * @returns false if that could not be recorded
   */
  stop(): Promise<boolean>;
}

/**
 * Registers a worker and starts to claim and run jobs.
 *
 * Two loops settle ended attempts and claim jobs for the free slots. Repeated tasks renew the lease,
 * rescue orphans, promote due jobs and write progress.
 */
export async function startWorker(services: Services, options: WorkerOptions): Promise<Worker> {
  const worker = new LeasedWorker(services, options);
  await worker.register();
  worker.start();
  return worker;
}

class LeasedWorker implements Worker {
  readonly #services: Services;
  readonly #lanes: LaneSlots;
  readonly #sweep: () => Promise<void>;
  readonly #eventLoopDelay: (() => number) | undefined;
  readonly #wake = new WakeSignal();
  readonly #completer: Completer;
  readonly #running: RunningJobs;
  readonly #claimer: Claimer;
  readonly #subscriptions: (() => void)[] = [];
  readonly #tasks: RepeatedTask[] = [];
  readonly #livenesses = Array.from({ length: LOOPS }, () => new Liveness(POLL_MS));
  readonly #hang = new HangWatch(this.#livenesses);
  #loops: readonly Promise<void>[] = [];
  #workerId = newId();
  #stopping = false;
  #withheld = false;

  constructor(services: Services, { handlers, lanes, sweep, eventLoopDelay }: WorkerOptions) {
    this.#services = services;
    this.#lanes = lanes;
    this.#eventLoopDelay = eventLoopDelay;
    this.#sweep = sweep ?? (() => Promise.resolve());
    this.#completer = new Completer(services, this.#wake);
    this.#running = new RunningJobs(
      handlers,
      (end) => this.#completer.add(end),
      services.meter,
    );
    this.#claimer = new Claimer(services, {
      workerId: () => this.#workerId,
      lanes,
      running: this.#running,
      wake: this.#wake,
    });
  }

  async register(workerId = this.#workerId): Promise<void> {
    await registerWorker(this.#services, workerId, hostname(), this.#lanes);
    this.#workerId = workerId;
  }

  start(): void {
    this.#subscribe();
    this.#tasks.push(
      every(RENEW_MS, "Renewing the lease", () => this.#renew()),
      every(RECONCILE_MS, "Reconciling the claims", () => this.#reconcile()),
      // At once, because in a crash loop no worker lives for long.
      every(RESCUE_MS, "Rescuing orphans", () => this.#rescue(), { firstMs: 0 }),
      every(SWEEP_MS, "Sweeping", this.#sweep, { silentMs: MAX_SWEEP_MS }),
      every(HOLD_MS, "Reading the hold", () => this.#checkHold()),
      every(PROMOTE_MS, "Promoting due jobs", () => this.#promote()),
      every(PROGRESS_MS, "Writing progress", () => this.#writeProgress()),
    );
    this.#loops = this.#livenesses.map((liveness) => this.#runLoop(liveness));
  }

  healthy(): boolean {
    return this.#livenesses.every(({ alive }) => alive) &&
      this.#tasks.every((task) => task.healthy());
  }

  async stop(): Promise<boolean> {
    const stoppedAt = performance.now();
    const drained = this.#drain(stoppedAt + STOP.ended);
    await endStep("Recording the results of jobs", stoppedAt + STOP.recorded, drained);
    // Also if the drain was abandoned, because a late renewal would register the worker again.
    for (const task of this.#tasks) task.stop();
    const unrecorded = this.#completer.ids();
    const jobs = [...this.#running.ids(), ...unrecorded].map((id) => toTypeId("job", id));
    this.#running.drop(null);
    const releasing = this.#release(jobs);
    const released = await endStep("Releasing the worker", stoppedAt + STOP.released, releasing);
    if (!released) {
      log.error(
        "Cannot deregister worker {workerId}; other workers requeue its jobs after its lease: {jobs}",
        { workerId: this.#workerId, jobs },
      );
    }
    return released && unrecorded.length === 0;
  }

  async #drain(deadline: number): Promise<void> {
    this.#stopping = true;
    this.#wake.wakeAll();
    this.#running.abort(null, "stopping");
    await Promise.all(this.#loops);
    // Again, because a loop may have started jobs meanwhile.
    this.#running.abort(null, "stopping");
    await this.#settleUntilEmpty(deadline);
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    await Promise.all(this.#tasks.map((task) => task.stop()));
  }

  async #release(jobs: readonly string[]): Promise<void> {
    const requeued = await deregisterWorker(this.#services, this.#workerId);
    if (requeued === 0) return;
    log.warn("Requeued {requeued} jobs that did not end in time: {jobs}", { requeued, jobs });
  }

  #subscribe(): void {
    const { bus } = this.#services;
    this.#subscriptions.push(
      bus.subscribe("queue", ({ ids }) => this.#claimer.notice(ids)),
      bus.subscribe("hold", () => {
        this.#checkHold().catch((error) => log.error("Cannot read the hold", { error }));
      }),
      bus.subscribe("cancel", ({ ids }) => {
        if (ids && !this.#running.runsAny(ids)) return;
        // Read from the database, because a late event would cancel the next run of its job.
        this.#abortCancelled().catch((error) => {
          log.error("Cannot read the cancel requests of worker {workerId}", {
            workerId: this.#workerId,
            error,
          });
        });
      }),
    );
  }

  async #runLoop(liveness: Liveness): Promise<void> {
    while (!this.#stopping) {
      try {
        const { count, requeued } = await this.#completer.settle();
        if (requeued) this.#claimer.rescan();
        const claimed = await this.#claimer.claim();
        liveness.completeIteration();
        if (count + claimed > 0) continue;
      } catch (error) {
        logLoopFailure(error);
      }
      await this.#wake.wait(jittered(POLL_MS));
    }
  }

  async #renew(): Promise<void> {
    if (this.#hang.lasting) return this.#withholdRenewal();
    this.#withheld = false;
    const started = this.#claimer.takeStarted();
    const report = { lanes: this.#lanes, eventLoopMs: this.#eventLoopDelay?.() ?? null };
    const renew = () => renewLease(this.#services, this.#workerId, started, report);
    if (await this.#hang.renew(renew)) return;
    log.error("Lease of worker {workerId} expired; its jobs were reassigned", {
      workerId: this.#workerId,
    });
    this.#running.drop(null);
    this.#completer.drop();
    await this.register(newId());
    this.#claimer.rescan();
  }

  // Other workers take the jobs when the lease has expired. Until then the handlers can record their work,
  // so that no delivery in flight becomes UNKNOWN.
  #withholdRenewal(): void {
    if (!this.#withheld) {
      const properties = { workerId: this.#workerId };
      log.error("Lease of worker {workerId} is not renewed, because its loops hang", properties);
    }
    this.#withheld = true;
    this.#running.abort(null, "stopping");
  }

  // A request to cancel whose event was lost is found here, too.
  async #reconcile(): Promise<void> {
    await reconcile(this.#services, this.#workerId, this.#fences());
    await this.#abortCancelled();
  }

  async #rescue(): Promise<void> {
    if ((await rescueOrphans(this.#services)).length > 0) this.#claimer.rescan();
  }

  async #promote(): Promise<void> {
    this.#running.checkTimeouts(performance.now());
    if (await promoteDueJobs(this.#services, PROMOTE_LIMIT) > 0) this.#claimer.rescan();
  }

  // A hold prevents claims without further action; the running jobs must be requeued.
  async #checkHold(): Promise<void> {
    if (await isHeld(this.#services.db)) this.#running.abort(null, "stopping");
  }

  async #writeProgress(): Promise<void> {
    const reports = this.#running.takeReports();
    if (reports.length === 0) return;
    const written = await writeProgress(this.#services, reports);
    this.#running.drop(reports.filter(({ id }) => !written.has(id)));
  }

  async #abortCancelled(): Promise<void> {
    const cancelled = await readCancelRequests(this.#services, this.#workerId);
    this.#running.abort(cancelled, "cancelled");
  }

  #fences(): number[] {
    return [...this.#running.fences(), ...this.#completer.fences()];
  }

  async #settleUntilEmpty(deadline: number): Promise<void> {
    let late = false;
    while (this.#fences().length > 0 && !late) {
      late = performance.now() >= deadline;
      try {
        if ((await this.#completer.settle()).count > 0) continue;
      } catch (error) {
        // Continue, because handlers may still be recording their work.
        const reason = error instanceof Error ? error.message : String(error);
        log.error("Cannot settle the jobs of a stopping worker: {reason}", { reason });
      }
      if (!late) await this.#wake.wait(100);
    }
  }
}

// Jitter, so that replicas which started together do not poll together.
function jittered(ms: number): number {
  return ms * (0.8 + 0.4 * Math.random());
}
