import type { LaneSettings } from "../../src/domain/jobs/lane_settings.ts";
import { builder } from "../kit/builder.ts";
import { Lane } from "./enums.ts";

/** Fields of every object that shows whether a lane is paused. */
export const PausableLane = builder
  .interfaceRef<Omit<LaneSettings, "slots">>("PausableLane")
  .implement({
    description: "Lane that the operator may have paused; `updateLane` pauses and resumes it.",
    fields: (t) => ({
      lane: t.expose("lane", { type: Lane, description: "Name of the lane." }),
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
