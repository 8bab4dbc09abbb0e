import { updateProcessor } from "../../src/domain/campaigns/processor.ts";
import { type Installation, readInstallation } from "../../src/domain/installation/installation.ts";
import { type Overview, overviewFor } from "../../src/domain/overview/overview.ts";
import type { ProcessorStatus } from "../../src/domain/overview/processor.ts";
import { InstallationNode } from "../installation/installation.ts";
import { TypeCount } from "../jobs/type_count.ts";
import { builder } from "../kit/builder.ts";
import { OverviewNode } from "./overview.ts";

const ProcessorStatusObject = builder.objectRef<ProcessorStatus>("ProcessorStatus").implement({
  description:
    "Cycle that queues the mails of campaigns with a date. Mails of sign-ups do not wait for it.",
  fields: (t) => ({
    running: t.exposeBoolean("running", {
      description: "True if there is a worker with a valid lease; otherwise nothing is sent.",
    }),
    intervalMs: t.exposeInt("intervalMs", {
      description: "Interval of the cycle in milliseconds.",
    }),
    batchSize: t.exposeInt("batchSize", {
      description:
        "Number of mails of one type that are queued before the cycle continues with the next " +
        "type. A cycle ends when nothing is due.",
    }),
    lastCycleAt: t.expose("lastCycleAt", {
      type: "DateTime",
      nullable: true,
      description: "Time of the last cycle; null before the first.",
    }),
    lastCycleByType: t.field({
      type: [TypeCount],
      description: "Mails of the organization that the last cycle queued, by type, most first.",
      resolve: ({ lastCycleByType }) => [...lastCycleByType],
    }),
  }),
});

builder.objectField(OverviewNode, "processor", (t) =>
  t.field({
    type: ProcessorStatusObject,
    description: "Cycle that queues the mails of campaigns.",
    complexity: 5,
    resolve: ({ processor }) => processor(),
  }));

const UpdateProcessorInput = builder.inputType("UpdateProcessorInput", {
  description:
    "Changes of the cycle that starts due messages and queues due mails of campaigns; an absent " +
    "field keeps its value.",
  fields: (t) => ({
    intervalMs: t.int({
      description: "Interval of the cycle in milliseconds, 1,000 to 86,400,000.",
    }),
    batchSize: t.int({
      description:
        "Number of mails of one type before the cycle continues with the next type, 1 to 10,000.",
    }),
  }),
});

const UpdateProcessorPayload = builder
  .objectRef<{ readonly overview: Overview; readonly installation: Installation }>(
    "UpdateProcessorPayload",
  ).implement({
    description: "Objects that show the changed cycle.",
    fields: (t) => ({
      overview: t.field({
        type: OverviewNode,
        description: "Overview of the organization of the caller.",
        resolve: ({ overview }) => overview,
      }),
      installation: t.field({
        type: InstallationNode,
        description: "Installation with its processor.",
        resolve: ({ installation }) => installation,
      }),
    }),
  });

builder.mutationField("updateProcessor", (t) =>
  t.field({
    type: UpdateProcessorPayload,
    nullable: true,
    errors: {},
    description:
      "Changes the cycle that starts due messages and queues due mails of campaigns, for all " +
      "organizations and processes. OPERATOR only, else ForbiddenError. Refuses values out of " +
      "range and an update without fields with InvalidInputError.",
    complexity: 50,
    args: {
      input: t.arg({
        type: UpdateProcessorInput,
        required: true,
        description: "Settings to change.",
      }),
    },
    resolve: async (_root, { input }, { services, caller }) => {
      await updateProcessor(services, caller, input);
      return {
        overview: overviewFor(services, caller),
        installation: await readInstallation(services, caller),
      };
    },
  }));
