import { z } from "zod";
import { DEFAULT_SLOTS, type LaneSlots, parseLaneSlots } from "../domain/jobs/lane.ts";

/** Lanes that the process works on. */
export const lanes = z.object({
  WORKER_LANES: z.string().transform(parse).default(DEFAULT_SLOTS),
}).transform(({ WORKER_LANES }) => ({
  /** Slots by lane; a lane that is absent is not worked on. */
  lanes: WORKER_LANES,
}));

function parse(text: string, context: z.RefinementCtx<string>): LaneSlots {
  const { slots, faults } = parseLaneSlots(text);
  for (const message of faults) context.addIssue({ code: "custom", message });
  return slots;
}
