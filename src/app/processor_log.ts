import { getLogger } from "@logtape/logtape";
import { readCycle } from "../domain/campaigns/processor.ts";
import type { LaneSlots } from "../domain/jobs/lane.ts";
import type { Services } from "../domain/services.ts";

const log = getLogger(["waybill", "processor"]);

/**
 * Logs that this process runs the cycles of campaigns, if it works on their lane.
 *
 * @returns function that logs the stop
 */
export async function logProcessor({ db }: Services, lanes: LaneSlots): Promise<() => void> {
  if (!lanes.has("SYSTEM")) return () => {};
  const { intervalMs, batchSize } = await readCycle(db);
  log.info(
    "Processor started: a cycle every {seconds} s queues {batchSize} mails per type in turn",
    {
      seconds: intervalMs / 1_000,
      batchSize,
    },
  );
  return () => log.info("Processor stopped");
}
