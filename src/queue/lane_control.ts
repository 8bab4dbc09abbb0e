import { getLogger } from "@logtape/logtape";
import { wakeWorkers } from "../domain/jobs/enqueue.ts";
import type { Lane, LaneSlots } from "../domain/jobs/lane.ts";
import { effectiveSlots, readLaneSettings } from "../domain/jobs/lane_settings.ts";
import type { Services } from "../domain/services.ts";
import { every } from "./every.ts";

// Also finds changes whose event was lost.
const READ_MS = 1_000;
const log = getLogger(["waybill", "worker"]);

/** Slots of a process, kept up to date with the settings of the lanes. */
export interface LaneControl {
  /** Current slots by lane, 0 in a paused lane; this map changes. */
  readonly slots: LaneSlots;
  stop(): Promise<void>;
}

/**
 * Keeps the slots of this process up to date: those of the settings of the lanes, else the configured ones, and 0
 * in a paused lane.
 *
 * @param configured slots by WORKER_LANES
 */
export async function startLaneControl(
  services: Services,
  configured: LaneSlots,
): Promise<LaneControl> {
  const slots = new Map<Lane, number>();
  const read = async () => {
    const grown: Lane[] = [];
    for (const [lane, count] of effectiveSlots(configured, await readLaneSettings(services.db))) {
      if (count > (slots.get(lane) ?? Infinity)) grown.push(lane);
      slots.set(lane, count);
    }
    wakeWorkers(services, grown);
  };
  await read();
  const unsubscribe = services.bus.subscribe("lanes", () => {
    read().catch((error) => log.error("Cannot read the settings of the lanes", { error }));
  });
  const repeated = every(READ_MS, "Reading the settings of the lanes", read);
  return {
    slots,
    stop() {
      unsubscribe();
      return repeated.stop();
    },
  };
}
