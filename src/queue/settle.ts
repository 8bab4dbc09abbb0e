import { getLogger } from "@logtape/logtape";
import type { Services } from "../domain/services.ts";
import { type SettledJob, settleJobs, type Settlement } from "../domain/jobs/settle.ts";
import type { RunningJobs } from "./running_jobs.ts";
import type { WakeSignal } from "./wake_signal.ts";

const log = getLogger(["waybill", "worker"]);
// SQLSTATE classes of what is wrong with a row, not with the connection.
const DATA_FAULT = /^2[23]/;

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
    const recorded = await settle(services, ended);
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

async function settle({ db }: Services, ended: readonly Settlement[]): Promise<SettledJob[]> {
  try {
    return await settleJobs(db, ended);
  } catch (error) {
    if (!isDataFault(error)) throw error;
    log.error("Settling {count} jobs together failed, now one by one", {
      count: ended.length,
      error,
    });
    const recorded: SettledJob[] = [];
    for (const settlement of ended) recorded.push(...await settleAlone(db, settlement));
    return recorded;
  }
}

// One row's fault must not hold up the others: what cannot be said of it is left out.
async function settleAlone(db: Services["db"], settlement: Settlement): Promise<SettledJob[]> {
  try {
    return await settleJobs(db, [settlement]);
  } catch (error) {
    if (!isDataFault(error)) throw error;
    const message = "What this attempt ended with could not be recorded";
    return settleJobs(db, [{
      ...settlement,
      progress: null,
      error: { type: "INTERNAL", code: null, message },
    }]);
  }
}

/** Whether it is the data that the database refused: trying again would change nothing. */
export function isDataFault(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string" &&
    DATA_FAULT.test(error.code);
}

function publishSettled({ bus }: Services, ended: readonly Settlement[]): void {
  for (const { organizationId, id } of ended) bus.publish("jobs", organizationId, [id]);
}
