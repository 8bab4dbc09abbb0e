import type { LaneSettings } from "../../src/domain/jobs/lane_settings.ts";
import { builder } from "../kit/builder.ts";
import { Lane } from "../jobs/enums.ts";

/** Settings of one lane. */
export const LaneSettingsObject = builder.objectRef<LaneSettings>("LaneSettings").implement({
  description: "Settings of one lane in all processes; `updateLane` changes them.",
  fields: (t) => ({
    lane: t.expose("lane", { type: Lane, description: "Lane of the settings." }),
    slots: t.exposeInt("slots", {
      nullable: true,
      description:
        "Slots of each process that serves the lane; null: those of its setting `WORKER_LANES`.",
    }),
    paused: t.boolean({
      description: "True if the lane is paused: no job of it starts.",
      resolve: ({ pausedAt }) => pausedAt !== null,
    }),
    pausedAt: t.expose("pausedAt", {
      type: "DateTime",
      nullable: true,
      description: "Time the lane was paused; null if it is not paused.",
    }),
    pausedBy: t.exposeString("pausedBy", {
      nullable: true,
      description: "User who paused the lane, or name of the API key; null if it is not paused.",
    }),
  }),
});
