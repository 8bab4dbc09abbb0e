import { getLogger } from "@logtape/logtape";
import {
  CLAIM_LIMIT,
  claimJobs,
  type Deal,
  type LaneCursor,
  POLL_MS,
  readTurns,
} from "../domain/jobs/claim.ts";
import type { Lane } from "../domain/jobs/job.ts";
import type { Services } from "../domain/services.ts";
import type { RunningJobs } from "./running_jobs.ts";
import { settleEnded } from "./settle.ts";
import type { Turns } from "./fair_share.ts";
import type { WakeSignal } from "./wake_signal.ts";

const TURNS_LIMIT = 500;
const SCAN_INTERVAL_MS = 250;
const log = getLogger(["waybill", "worker"]);

/** What the loops of one worker share. */
export interface LoopState {
  readonly services: Services;
  readonly lanes: ReadonlyMap<Lane, number>;
  readonly running: RunningJobs;
  readonly turns: Turns;
  readonly wake: WakeSignal;
  /** Slots that a claim under way may fill. */
  readonly claiming: Map<Lane, number>;
  /** Jobs begun since the last renewal, by topic. */
  begun: Map<string, number>;
  /** Changes when the lease was lost: what a claim brings for the old one is nobody's. */
  workerId: string;
  /** Null: no scan since a wake-up. */
  scannedAt: number | null;
  cursors: LaneCursor[];
  stopping: boolean;
  lastTickAt: number;
}

/** Settles what has ended, claims what there are slots for, starts it; sleeps when there is nothing. */
export async function runLoop(state: LoopState): Promise<void> {
  while (!state.stopping) {
    try {
      const settled = await settleEnded(state);
      const claimed = await claimAndStart(state);
      state.lastTickAt = performance.now();
      if (settled + claimed === 0) await state.wake.wait(jittered(POLL_MS));
    } catch (error) {
      log.error("The worker loop failed and goes on in a second", { error });
      await state.wake.wait(jittered(POLL_MS));
    }
  }
}

async function claimAndStart(state: LoopState): Promise<number> {
  await refreshTurns(state);
  const deals = dealSlots(state);
  if (deals.length === 0) return 0;
  const workerId = state.workerId;
  reserve(state, deals, 1);
  try {
    const jobs = await claimJobs(state.services, workerId, deals);
    if (workerId !== state.workerId) return 0;
    const missing = new Map(deals.map((deal) => [keyOf(deal), deal.count]));
    for (const job of jobs) {
      state.running.start(job);
      state.begun.set(job.topic, (state.begun.get(job.topic) ?? 0) + 1);
      missing.set(keyOf(job), (missing.get(keyOf(job)) ?? 0) - 1);
    }
    for (const deal of deals) {
      if ((missing.get(keyOf(deal)) ?? 0) > 0) state.turns.dropOut(deal);
    }
    // A full claim: there is more than this loop can take.
    if (jobs.length >= CLAIM_LIMIT) state.wake.wake();
    publishClaimed(state.services, jobs);
    return jobs.length;
  } finally {
    reserve(state, deals, -1);
  }
}

// The limit holds for each lane by itself: under a common one the first lane would starve the others.
function dealSlots({ lanes, running, claiming, turns }: LoopState): Deal[] {
  return [...lanes].flatMap(([lane, concurrency]) => {
    const free = concurrency - running.countOf(lane) - (claiming.get(lane) ?? 0);
    return turns.deal(lane, Math.min(free, CLAIM_LIMIT));
  });
}

// A lane with more keys than one scan reads is paged through, a page at each scan; the keys of the
// pages before stay in the ring, else the last page's few would get the slots of all.
async function refreshTurns(state: LoopState): Promise<void> {
  const now = performance.now();
  if (state.scannedAt !== null && now - state.scannedAt < SCAN_INTERVAL_MS) return;
  state.scannedAt = now;
  const keys = await readTurns(state.services, state.cursors, TURNS_LIMIT);
  state.cursors = state.cursors.map(({ lane, after }) => {
    const ofLane = keys.filter((key) => key.lane === lane);
    if (after) state.turns.extend(lane, ofLane);
    else state.turns.replace(lane, ofLane);
    return { lane, after: ofLane.length < TURNS_LIMIT ? null : ofLane.at(-1) ?? null };
  });
}

function reserve({ claiming }: LoopState, deals: readonly Deal[], sign: 1 | -1): void {
  for (const { lane, count } of deals) claiming.set(lane, (claiming.get(lane) ?? 0) + sign * count);
}

function publishClaimed(
  { bus }: Services,
  jobs: readonly { id: string; organizationId: string }[],
) {
  for (const { id, organizationId } of jobs) bus.publish("jobs", organizationId, [id]);
}

function keyOf(key: { lane: Lane; organizationId: string; topic: string }): string {
  return `${key.lane} ${key.organizationId} ${key.topic}`;
}

// Replicas that started together do not poll together.
function jittered(ms: number): number {
  return ms * (0.8 + 0.4 * Math.random());
}
