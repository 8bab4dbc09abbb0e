import type { LaneSettings } from "../../src/domain/jobs/lane_settings.ts";
import { PausableLane } from "../jobs/pausable_lane.ts";
import { builder } from "../kit/builder.ts";

/** Settings of one lane. */
export const LaneSettingsObject = builder.objectRef<LaneSettings>("LaneSettings").implement({
  description: "Settings of one lane in all processes; `updateLane` changes them.",
  interfaces: [PausableLane],
  fields: (t) => ({
    slots: t.exposeInt("slots", {
      nullable: true,
      description:
        "Slots of each process that serves the lane; null: those of its setting `WORKER_LANES`.",
    }),
  }),
});
