import { getLogger } from "@logtape/logtape";
import { fireDue } from "../domain/schedules/fire.ts";
import type { Services } from "../domain/services.ts";
import { every, type RepeatedTask } from "./every.ts";

const POLL_MS = 1_000;
const log = getLogger(["waybill", "schedule"]);

/** Starts firing due schedules every second. All replicas do so; each tick is fired by one of them. */
export function startSchedule(services: Services): RepeatedTask {
  // Errors of the last poll by schedule: each is logged once until it changes or ends.
  let logged = new Map<string, string>();
  return every(POLL_MS, "Reading due schedules", async () => {
    const { fired, failed } = await fireDue(services);
    for (const { name } of fired) log.debug("Fired {name}", { name });
    const current = new Map(failed.map(({ id, error }) => [id, String(error)]));
    for (const { id, name, error } of failed) {
      if (logged.get(id) === String(error)) continue;
      log.error("Cannot fire {name}; trying again every second", { name, error });
    }
    logged = current;
  });
}
