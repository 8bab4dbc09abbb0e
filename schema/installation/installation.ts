import type { Installation, Processor } from "../../src/domain/installation/installation.ts";
import { INSTALLATION_ID, readInstallation } from "../../src/domain/installation/operations.ts";
import { readWorkers, type WorkerLane, type WorkerState } from "../../src/domain/jobs/workers.ts";
import { builder } from "../kit/builder.ts";
import { Lane } from "../jobs/enums.ts";
import { ProviderNode } from "../providers/provider.ts";

const TypeCount = builder.objectRef<{ type: string; count: number }>("TypeCount").implement({
  description: "How many of one type.",
  fields: (t) => ({
    type: t.exposeString("type", { description: "A message's type; of other jobs, the kind." }),
    count: t.exposeInt("count", { description: "How many." }),
  }),
});

const WorkerLaneObject = builder.objectRef<WorkerLane>("WorkerLane").implement({
  description: "The slots of one worker in one lane.",
  fields: (t) => ({
    lane: t.expose("lane", { type: Lane, description: "Which lane." }),
    concurrency: t.exposeInt("concurrency", { description: "How many slots it has." }),
    running: t.exposeInt("running", { description: "How many of them are taken." }),
  }),
});

const WorkerNode = builder.objectRef<WorkerState>("Worker");

builder.node(WorkerNode, {
  description: "A process that works on jobs and has renewed its lease in time. For the OPERATOR.",
  id: { resolve: ({ id }) => id },
  loadWithoutCache: async (id, { services, caller }) =>
    caller.role === "OPERATOR"
      ? (await readWorkers(services.db)).find((worker) => worker.id === id) ?? null
      : null,
  fields: (t) => ({
    host: t.exposeString("host", { description: "The machine that it runs on." }),
    startedAt: t.expose("startedAt", { type: "DateTime", description: "When it began." }),
    heartbeatAt: t.expose("heartbeatAt", {
      type: "DateTime",
      description: "When it last renewed its lease; it does so every 5 s.",
    }),
    runningJobCount: t.int({
      description: "How many jobs it runs.",
      resolve: ({ lanes }) => lanes.reduce((sum, { running }) => sum + running, 0),
    }),
    lanes: t.field({
      type: [WorkerLaneObject],
      description: "Its slots.",
      resolve: ({ lanes }) => [...lanes],
    }),
  }),
});

const ProcessorObject = builder.objectRef<Processor>("Processor").implement({
  description: "What works on the jobs of all organizations: all workers together.",
  fields: (t) => ({
    running: t.boolean({
      description: "Whether there is a worker at all; without one, jobs wait.",
      resolve: ({ workers }) => workers.length > 0,
    }),
    intervalMs: t.exposeInt("intervalMs", {
      description: "How often a worker looks for jobs while nobody wakes it.",
    }),
    batchSize: t.exposeInt("batchSize", {
      description: "How many jobs of a lane a worker claims at once, at most.",
    }),
    lastCycleAt: t.expose("lastCycleAt", {
      type: "DateTime",
      nullable: true,
      description: "When a worker last told of jobs that it had begun, which it does every 5 s; " +
        "null: none of these workers has.",
    }),
    lastCycleByType: t.field({
      type: [TypeCount],
      description: "What that worker had begun since it told before.",
      resolve: ({ lastCycleByType }) => [...lastCycleByType],
    }),
    workers: t.field({
      type: [WorkerNode],
      description: "The workers that live, oldest first.",
      resolve: ({ workers }) => [...workers],
    }),
  }),
});

const ConfigurationSource = builder.enumType("ConfigurationSource", {
  description: "Where a setting comes from.",
  values: {
    ENVIRONMENT: { description: "An environment variable of this process." },
    DEFAULT: { description: "It is not set: what the README says holds." },
  },
});

const ConfigurationItem = builder
  .objectRef<Installation["variables"][number]>("ConfigurationItem")
  .implement({
    description: "A setting of the process that answers; never its value.",
    fields: (t) => ({
      name: t.exposeString("name", { description: "The environment variable." }),
      set: t.exposeBoolean("set", { description: "Whether it is set." }),
      source: t.field({
        type: ConfigurationSource,
        description: "Where its value comes from.",
        resolve: ({ set }) => set ? "ENVIRONMENT" as const : "DEFAULT" as const,
      }),
    }),
  });

const InstallationNode = builder.objectRef<Installation>("Installation");

builder.node(InstallationNode, {
  description: "All that runs on one database.",
  id: { resolve: () => INSTALLATION_ID },
  loadWithoutCache: (id, { services, caller }) =>
    id === INSTALLATION_ID && caller.role === "OPERATOR"
      ? readInstallation(services, caller)
      : null,
  fields: (t) => ({
    version: t.exposeString("version", { description: "Of the program that answers." }),
    processor: t.field({
      type: ProcessorObject,
      description: "What works on the jobs.",
      resolve: ({ processor }) => processor,
    }),
    providers: t.field({
      type: [ProviderNode],
      description: "Who takes messages, in order of preference.",
      resolve: ({ providers }) => [...providers],
    }),
    configuration: t.field({
      type: [ConfigurationItem],
      description: "The settings of the process that answers.",
      resolve: ({ variables }) => [...variables],
    }),
    mailCaptured: t.exposeBoolean("mailCaptured", {
      description: "No mail server is named: mail goes into files, and reaches nobody.",
    }),
  }),
});

builder.queryField("installation", (t) =>
  t.field({
    type: InstallationNode,
    nullable: true,
    description: "All that runs on this database: workers, providers, settings. For the OPERATOR.",
    complexity: 50,
    resolve: (_root, _args, { services, caller }) => readInstallation(services, caller),
  }));
