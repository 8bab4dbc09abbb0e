import { getLogger } from "@logtape/logtape";
import { fireDue } from "../domain/schedules/fire.ts";
import type { Services } from "../domain/services.ts";
import { every, type RepeatedTask } from "./every.ts";

const POLL_MS = 1_000;
const log = getLogger(["waybill", "schedule"]);

/** Starts firing due schedules every second. All replicas do so; each tick is fired by one of them. */
export function startSchedule(services: Services): RepeatedTask {
  return every(POLL_MS, "Reading due schedules", async () => {
    const { fired, failed } = await fireDue(services);
    for (const name of fired) log.debug("Fired {name}", { name });
    for (const { name, error } of failed) {
      log.error("Cannot fire {name}; trying again in a second", { name, error });
    }
  });
}
