import { z } from "zod";
import { DEFAULT_SLOTS, type LaneSlots, parseLaneSlots } from "../domain/jobs/lane.ts";

/** Lanes whose jobs the process runs. */
export const lanes = z.object({
  WORKER_LANES: z.string().transform(parse).default(DEFAULT_SLOTS),
}).transform(({ WORKER_LANES }) => ({
  /** Slots by lane; the process runs no jobs of an absent lane. */
  lanes: WORKER_LANES,
}));

function parse(text: string, context: z.RefinementCtx<string>): LaneSlots {
  const { slots, faults } = parseLaneSlots(text);
  for (const message of faults) context.addIssue({ code: "custom", message });
  return slots;
}
