import { hostname } from "node:os";
import { getLogger } from "@logtape/logtape";
import { promoteDueJobs } from "../domain/jobs/claim.ts";
import type { Lane } from "../domain/jobs/job.ts";
import {
  leave,
  readCancelRequests,
  reconcile,
  registerWorker,
  renewLease,
  rescueOrphans,
} from "../domain/jobs/lease.ts";
import { writeProgress } from "../domain/jobs/progress.ts";
import { newId } from "../domain/id.ts";
import type { Services } from "../domain/services.ts";
import type { Handlers } from "./handler.ts";
import { type LoopState, runLoop } from "./loop.ts";
import { every } from "./every.ts";
import { RunningJobs } from "./running_jobs.ts";
import { settleEnded } from "./settle.ts";
import { Turns } from "./fair_share.ts";
import { WakeSignal } from "./wake_signal.ts";

const LOOPS = 2;
const RENEW_MS = 5_000;
const RESCUE_MS = 5_000;
const PROMOTE_MS = 1_000;
const PROMOTE_LIMIT = 1_000;
const PROGRESS_MS = 250;
// Ends that come within this time are settled together.
const GATHER_MS = 2;
const STOP_MS = 8_000;
const log = getLogger(["waybill", "worker"]);

/** What a worker is made of. */
export interface WorkerOptions {
  readonly handlers: Handlers;
  /** Slots per lane; a lane that is missing is not worked on. */
  readonly lanes: ReadonlyMap<Lane, number>;
  /** Run every few seconds beside the loop, by every replica: it mends what nobody else looks after. */
  readonly sweep?: () => Promise<void>;
}

/** A running worker. */
export interface Worker {
  /** False while the loop has not gone round for some seconds. */
  healthy(): boolean;
  /** Claims nothing more, lets what runs end (8 s at most), gives the rest back. */
  stop(): Promise<void>;
}

/** Starts claiming and running jobs. */
export async function startWorker(services: Services, options: WorkerOptions): Promise<Worker> {
  const wake = new WakeSignal();
  let gathering = false;
  const running = new RunningJobs(options.handlers, () => {
    if (gathering) return;
    gathering = true;
    setTimeout(() => {
      gathering = false;
      wake.wake();
    }, GATHER_MS);
  });
  const state: LoopState = {
    services,
    lanes: options.lanes,
    running,
    turns: new Turns(),
    wake,
    claiming: new Map(),
    begun: new Map(),
    workerId: newId(),
    scannedAt: null,
    cursors: [...options.lanes.keys()].map((lane) => ({ lane, after: null })),
    stopping: false,
    lastTickAt: performance.now(),
  };
  await registerWorker(services, state.workerId, hostname(), state.lanes);
  const ends = [...listen(state), ...tend(state, options)];
  const loops = Array.from({ length: LOOPS }, () => runLoop(state));
  return {
    healthy: () => performance.now() - state.lastTickAt < RENEW_MS * 2,
    async stop() {
      state.stopping = true;
      wake.wakeAll();
      await Promise.all(loops);
      running.abort(null, "stopping");
      await settleUntilEmpty(state, performance.now() + STOP_MS);
      await Promise.all(ends.map((end) => end()));
      running.drop(null);
      const released = await leave(services, state.workerId);
      if (released > 0) log.warn("{released} jobs did not end in time and went back", { released });
    },
  };
}

function listen(state: LoopState): (() => void)[] {
  const { bus } = state.services;
  return [
    bus.subscribe("queue", () => {
      state.scannedAt = null;
      state.wake.wake();
    }),
    bus.subscribe("cancel", ({ ids }) => {
      if (ids && !state.running.runsAny(ids)) return;
      // Asked for, not taken from the event: one that comes late would cancel the job's next run.
      checkCancelRequests(state).catch((error) =>
        log.error("Asking for cancelled jobs failed", { error })
      );
    }),
  ];
}

function tend(state: LoopState, { sweep }: WorkerOptions): (() => Promise<void>)[] {
  const { services, running } = state;
  return [
    every(RENEW_MS, "Renewing the lease", () => renew(state)),
    every(RESCUE_MS, "Rescuing orphans", async () => {
      if ((await rescueOrphans(services)).length > 0) wakeForNew(state);
      await sweep?.();
    }),
    every(PROMOTE_MS, "Promoting due jobs", async () => {
      running.checkTimeouts(performance.now());
      const promoted = await promoteDueJobs(services, PROMOTE_LIMIT);
      if (promoted > 0) wakeForNew(state);
    }),
    every(PROGRESS_MS, "Writing progress", async () => {
      const reports = running.takeReports();
      if (reports.length === 0) return;
      const written = await writeProgress(services, reports);
      running.drop(reports.filter(({ id }) => !written.has(id)));
    }),
  ];
}

async function renew(state: LoopState): Promise<void> {
  const { services, running } = state;
  const begun = state.begun;
  state.begun = new Map();
  if (!await renewLease(services, state.workerId, begun)) {
    log.error("The lease of worker {workerId} has ended: its jobs are another's now", {
      workerId: state.workerId,
    });
    running.drop(null);
    const workerId = newId();
    await registerWorker(services, workerId, hostname(), state.lanes);
    state.workerId = workerId;
    wakeForNew(state);
    return;
  }
  await reconcile(services, state.workerId, running.fences());
  await checkCancelRequests(state);
}

async function checkCancelRequests({ services, running, workerId }: LoopState): Promise<void> {
  running.abort(await readCancelRequests(services, workerId), "cancelled");
}

function wakeForNew(state: LoopState): void {
  state.scannedAt = null;
  state.wake.wake();
}

async function settleUntilEmpty(state: LoopState, deadline: number): Promise<void> {
  let late = false;
  while (state.running.fences().length > 0 && !late) {
    late = performance.now() >= deadline;
    try {
      if (await settleEnded(state) > 0) continue;
    } catch (error) {
      // Some may still be recording what they did: to end now would leave that in doubt.
      log.error("Settling failed while the worker stops", { error });
    }
    if (!late) await state.wake.wait(100);
  }
}
