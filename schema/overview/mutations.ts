import { type Installation, readInstallation } from "../../src/domain/installation/installation.ts";
import { type LaneSettings, updateLane } from "../../src/domain/jobs/lane_settings.ts";
import { type Overview, overviewFor } from "../../src/domain/overview/overview.ts";
import { InstallationNode } from "../installation/installation.ts";
import { LaneSettingsObject } from "../installation/lane.ts";
import { Lane } from "../jobs/enums.ts";
import { builder } from "../kit/builder.ts";
import { OverviewNode } from "./overview.ts";

const UpdateLaneInput = builder.inputType("UpdateLaneInput", {
  description: "Changes of a lane. An absent field keeps its value.",
  fields: (t) => ({
    paused: t.boolean({
      description:
        "True: no job of the lane starts, and running jobs continue; false or null: its jobs start.",
    }),
    slots: t.int({
      description:
        "Slots of each process that serves the lane, 1 to 999; null restores those of its setting " +
        "`WORKER_LANES`.",
    }),
  }),
});

interface Payload {
  readonly lane: LaneSettings;
  readonly overview: Overview;
  readonly installation: Installation;
}

const UpdateLanePayload = builder.objectRef<Payload>("UpdateLanePayload").implement({
  description: "Updated lane, and the objects that show it.",
  fields: (t) => ({
    lane: t.field({
      type: LaneSettingsObject,
      description: "Lane after the update.",
      resolve: ({ lane }) => lane,
    }),
    overview: t.field({
      type: OverviewNode,
      description: "Overview of the organization of the caller.",
      resolve: ({ overview }) => overview,
    }),
    installation: t.field({
      type: InstallationNode,
      description: "Installation with its lanes. The slots of its workers follow within 2 s.",
      resolve: ({ installation }) => installation,
    }),
  }),
});

builder.mutationField("updateLane", (t) =>
  t.field({
    type: UpdateLanePayload,
    nullable: true,
    errors: {},
    description:
      "Pauses or resumes a lane, or changes its slots, in all processes within a second. The settings " +
      "are kept after a restart. Running jobs are not interrupted. OPERATOR only, else " +
      "ForbiddenError. Refuses slots out of range and an update without fields with InvalidInputError.",
    complexity: 50,
    args: {
      lane: t.arg({ type: Lane, required: true, description: "Lane to change." }),
      input: t.arg({ type: UpdateLaneInput, required: true, description: "Settings to change." }),
    },
    resolve: async (_root, { lane, input }, { services, caller }) => ({
      lane: await updateLane(services, caller, lane, input),
      overview: overviewFor(services, caller),
      installation: await readInstallation(services, caller),
    }),
  }));
