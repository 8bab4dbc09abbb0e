import type { WorkerState } from "../jobs/workers.ts";
import type { Provider } from "../providers/provider.ts";
import type { Settings } from "../services.ts";

/** What works on the jobs of all organizations, all workers together. */
export interface Processor {
  readonly workers: readonly WorkerState[];
  /** How often a worker looks for jobs while nobody wakes it, in milliseconds. */
  readonly intervalMs: number;
  /** Jobs of a lane that a worker claims at once, at most. */
  readonly batchSize: number;
  readonly lastCycleAt: Date | null;
  readonly lastCycleByType: readonly { readonly type: string; readonly count: number }[];
}

/** All that runs on one database. */
export interface Installation extends Settings {
  readonly processor: Processor;
  /** In order of preference, channel by channel. */
  readonly providers: readonly Provider[];
}

/** The newest cycle of any worker. */
export function lastCycleOf(
  workers: readonly WorkerState[],
): Pick<Processor, "lastCycleAt" | "lastCycleByType"> {
  const [newest] = workers.filter(({ lastCycleAt }) => lastCycleAt !== null)
    .toSorted((a, b) => Number(b.lastCycleAt) - Number(a.lastCycleAt));
  const counts = Object.entries(newest?.lastCycle ?? {}).sort(([a], [b]) => a < b ? -1 : 1);
  return {
    lastCycleAt: newest?.lastCycleAt ?? null,
    lastCycleByType: counts.map(([type, count]) => ({ type, count })),
  };
}
