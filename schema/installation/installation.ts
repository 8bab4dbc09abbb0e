import { requireOperator } from "../../src/domain/access/access.ts";
import {
  type Installation,
  INSTALLATION_ID,
  type Processor,
  readInstallation,
} from "../../src/domain/installation/installation.ts";
import { readWorkers, type WorkerLane, type WorkerState } from "../../src/domain/jobs/workers.ts";
import { watchSnapshots } from "../../src/domain/live/watch_snapshot.ts";
import { builder } from "../kit/builder.ts";
import { Lane } from "../jobs/enums.ts";
import { LaneSettingsObject } from "./lane.ts";
import { TypeCount } from "../jobs/type_count.ts";
import { HoldObject } from "./hold.ts";
import { ProviderNode } from "../providers/provider.ts";

const WorkerLaneObject = builder.objectRef<WorkerLane>("WorkerLane").implement({
  description: "Slots of one worker in one lane.",
  fields: (t) => ({
    lane: t.expose("lane", { type: Lane, description: "Lane of the slots." }),
    concurrency: t.exposeInt("concurrency", {
      description:
        "Number of slots, 0 in a paused lane. A slot runs one job, or several that send up to 100 " +
        "recipients together.",
    }),
    running: t.exposeInt("running", {
      description: "Number of slots in use, also if their jobs do not fill them.",
    }),
  }),
});

const WorkerNode = builder.objectRef<WorkerState>("Worker");

builder.node(WorkerNode, {
  description:
    "Worker: a process that runs jobs, with a valid lease. Visible to the OPERATOR only.",
  id: { resolve: ({ id }) => id },
  loadWithoutCache: async (id, { services, caller }) =>
    caller.role === "OPERATOR"
      ? (await readWorkers(services.db)).find((worker) => worker.id === id) ?? null
      : null,
  fields: (t) => ({
    host: t.exposeString("host", { description: "Host that it runs on." }),
    startedAt: t.expose("startedAt", { type: "DateTime", description: "Time it started." }),
    heartbeatAt: t.expose("heartbeatAt", {
      type: "DateTime",
      description: "Time of its last lease renewal; a worker renews its lease every 5 s.",
    }),
    eventLoopMs: t.exposeFloat("eventLoopMs", {
      nullable: true,
      description:
        "Longest delay of its event loop between its last two renewals, in milliseconds; null before " +
        "the first renewal. A worker loses its lease after 15,000.",
    }),
    runningJobCount: t.int({
      description: "Number of jobs that it runs.",
      resolve: ({ lanes }) => lanes.reduce((sum, { running }) => sum + running, 0),
    }),
    lanes: t.field({
      type: [WorkerLaneObject],
      description: "Slots by lane.",
      resolve: ({ lanes }) => [...lanes],
    }),
  }),
});

const ProcessorObject = builder.objectRef<Processor>("Processor").implement({
  description: "Job processing of the installation: all workers together, for all organizations.",
  fields: (t) => ({
    running: t.boolean({
      description: "True if there is a worker with a valid lease; otherwise jobs wait.",
      resolve: ({ workers }) => workers.length > 0,
    }),
    intervalMs: t.exposeInt("intervalMs", {
      description:
        "Interval in milliseconds of the cycle that starts due messages and queues due mails of " +
        "campaigns; see `updateProcessor`.",
    }),
    batchSize: t.exposeInt("batchSize", {
      description:
        "Number of mails of one type that a cycle queues before it continues with the next type; " +
        "see `updateProcessor`.",
    }),
    lastCycleAt: t.expose("lastCycleAt", {
      type: "DateTime",
      nullable: true,
      description: "Time of the last cycle; null before the first.",
    }),
    lastCycleByType: t.field({
      type: [TypeCount],
      description: "Mails of all organizations that the last cycle queued, by type, most first.",
      resolve: ({ lastCycleByType }) => [...lastCycleByType],
    }),
    workers: t.field({
      type: [WorkerNode],
      description: "Workers with a valid lease, oldest first.",
      resolve: ({ workers }) => [...workers],
    }),
  }),
});

const ConfigurationSource = builder.enumType("ConfigurationSource", {
  description: "Source of a setting.",
  values: {
    ENVIRONMENT: { description: "Environment variable of this process." },
    DEFAULT: { description: "Default value; see the README." },
  },
});

const ConfigurationItem = builder
  .objectRef<Installation["variables"][number]>("ConfigurationItem")
  .implement({
    description: "Setting of the process that serves the request, without its value.",
    fields: (t) => ({
      name: t.exposeString("name", { description: "Name of the environment variable." }),
      set: t.exposeBoolean("set", { description: "True if the variable is set." }),
      source: t.field({
        type: ConfigurationSource,
        description: "Source of the value.",
        resolve: ({ set }) => set ? "ENVIRONMENT" as const : "DEFAULT" as const,
      }),
    }),
  });

/** The only installation on the database. */
export const InstallationNode = builder.objectRef<Installation>("Installation");

builder.node(InstallationNode, {
  description: "Installation: all processes that share one database.",
  id: { resolve: () => INSTALLATION_ID },
  loadWithoutCache: (id, { services, caller }) =>
    id === INSTALLATION_ID && caller.role === "OPERATOR"
      ? readInstallation(services, caller)
      : null,
  fields: (t) => ({
    version: t.exposeString("version", {
      description: "Version of the process that serves the request.",
    }),
    processor: t.field({
      type: ProcessorObject,
      description: "Job processing.",
      resolve: ({ processor }) => processor,
    }),
    lanes: t.field({
      type: [LaneSettingsObject],
      description: "Settings of the lanes, every lane once.",
      resolve: ({ lanes }) => [...lanes],
    }),
    providers: t.field({
      type: [ProviderNode],
      description:
        "Providers that this process uses, in the order of preference within each channel.",
      resolve: ({ providers }) => [...providers],
    }),
    hold: t.field({
      type: HoldObject,
      nullable: true,
      description:
        "Hold of the installation; null if it is not on hold. A database that was restored from a " +
        "backup starts on hold.",
      resolve: ({ hold }) => hold,
    }),
    configuration: t.field({
      type: [ConfigurationItem],
      description: "Settings of the process that serves the request.",
      resolve: ({ variables }) => [...variables],
    }),
    mailCaptured: t.exposeBoolean("mailCaptured", {
      description:
        "True if no mail server is configured: emails are written to files and not sent.",
    }),
  }),
});

const watchInstallation = watchSnapshots<Installation>();

builder.subscriptionField("installationUpdated", (t) =>
  t.field({
    type: InstallationNode,
    description:
      "Emits the installation in its current state, then after each change of jobs, providers, lanes " +
      "or the hold, at most 4 times a second, and every 10 s. OPERATOR only; other roles get the " +
      "error FORBIDDEN.",
    complexity: 50,
    subscribe(_root, _args, { services, caller }) {
      requireOperator(caller, "see the installation");
      return watchInstallation(services, INSTALLATION_ID, null, {
        topics: ["jobs", "providers", "lanes", "hold"],
        take: () => readInstallation(services, caller),
      });
    },
    resolve: (installation) => installation,
  }));

builder.queryField("installation", (t) =>
  t.field({
    type: InstallationNode,
    nullable: true,
    description:
      "Installation of this database: workers, providers and settings. OPERATOR only; other " +
      "roles get the error FORBIDDEN.",
    complexity: 50,
    resolve: (_root, _args, { services, caller }) => readInstallation(services, caller),
  }));
