import { getLogger } from "@logtape/logtape";
import { fireDue } from "../domain/schedules/operations.ts";
import type { Services } from "../domain/services.ts";
import { every } from "./every.ts";

const POLL_MS = 1_000;
const SILENT_MS = 10_000;
const log = getLogger(["waybill", "schedule"]);

/** A running schedule. */
export interface ScheduleLoop {
  /** When it last saw what is due, by `performance.now()`. */
  lastTickAt(): number;
  /** False while it has not got through for 10 s. */
  healthy(): boolean;
  /** Fires nothing more; resolves when what is being fired is. */
  stop(): Promise<void>;
}

/** Starts firing what is due, each second. All replicas do; each tick is one's. */
export function startSchedule(services: Services): ScheduleLoop {
  let lastTickAt = performance.now();
  const stop = every(POLL_MS, "Looking for due schedules", async () => {
    const { fired, failed } = await fireDue(services);
    lastTickAt = performance.now();
    for (const name of fired) log.debug("Fired {name}", { name });
    for (const { name, error } of failed) {
      log.error("Cannot fire {name}, which is tried again", { name, error });
    }
  });
  return {
    lastTickAt: () => lastTickAt,
    healthy: () => performance.now() - lastTickAt < SILENT_MS,
    stop,
  };
}
