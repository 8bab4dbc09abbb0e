import { getLogger } from "@logtape/logtape";
import type { Services } from "../domain/services.ts";
import { settleJobs, type Settlement } from "../domain/jobs/settle.ts";
import type { RunningJobs } from "./running_jobs.ts";
import type { WakeSignal } from "./wake_signal.ts";

const log = getLogger(["waybill", "worker"]);

/** Settles what has ended since the last call; returns how many that were. */
export async function settleEnded(
  state: {
    readonly services: Services;
    readonly running: RunningJobs;
    readonly wake: WakeSignal;
    scannedAt: number | null;
  },
): Promise<number> {
  const { services, running, wake } = state;
  const ended = running.takeEnded();
  if (ended.length === 0) return 0;
  try {
    const recorded = await settleJobs(services.db, ended);
    running.forgetEnded(ended);
    if (recorded.some(({ status }) => status === "QUEUED")) {
      state.scannedAt = null;
      wake.wake();
    }
    publishSettled(services, ended);
    if (recorded.length < ended.length) {
      const ids = new Set(recorded.map(({ id }) => id));
      const stale = ended.filter(({ id }) => !ids.has(id)).map(({ id }) => id);
      log.warn("{count} jobs ended after another worker had taken them over: {stale}", {
        count: stale.length,
        stale,
      });
    }
    return ended.length;
  } catch (error) {
    // Kept for the next turn: repeating is harmless, the fence lets each be recorded once.
    running.returnEnded(ended);
    throw error;
  }
}

function publishSettled({ bus }: Services, ended: readonly Settlement[]): void {
  for (const { organizationId, id } of ended) bus.publish("jobs", organizationId, [id]);
}
