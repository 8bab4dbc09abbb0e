import type { LaneState, Queue } from "../../src/domain/overview/queue.ts";
import { builder } from "../kit/builder.ts";
import { toInt } from "../kit/scalars.ts";
import { JobStatus } from "../jobs/enums.ts";
import { PausableLane } from "../jobs/pausable_lane.ts";

const StatusCount = builder.objectRef<Queue["byStatus"][number]>("StatusCount").implement({
  description: "Number of jobs in one state.",
  fields: (t) => ({
    status: t.expose("status", { type: JobStatus, description: "State of the jobs." }),
    count: t.exposeInt("count", {
      description:
        "Number of jobs: unfinished and FAILED ones at present, up to 10,000 of each lane; COMPLETED " +
        "and CANCELLED ones of the last hour.",
    }),
  }),
});

const LaneStats = builder.objectRef<LaneState>("LaneStats").implement({
  description: "Jobs of one organization in one lane, and the slots of the lane.",
  interfaces: [PausableLane],
  fields: (t) => ({
    queued: t.exposeInt("queued", {
      description: "Number of waiting jobs, with those that are due later; at most 10,000.",
    }),
    later: t.exposeInt("later", {
      description:
        "Number of waiting jobs that are due later: retries, pauses and `runAt`; at most 10,000.",
    }),
    processing: t.exposeInt("processing", { description: "Number of running jobs." }),
    failed: t.exposeInt("failed", { description: "Number of FAILED jobs; at most 10,000." }),
    capped: t.exposeBoolean("capped", {
      description:
        "True if there are more waiting or failed jobs than were counted: show the number with a +.",
    }),
    oldestQueuedMs: t.int({
      nullable: true,
      description:
        "Time for which the oldest due job has been waiting, in milliseconds; null if none is due.",
      resolve: ({ oldestQueuedAt, now }) =>
        oldestQueuedAt && toInt(now.getTime() - oldestQueuedAt.getTime()),
    }),
    oldestQueuedAt: t.expose("oldestQueuedAt", {
      type: "DateTime",
      nullable: true,
      description: "Time since which the oldest due job has been waiting; null if none is due.",
    }),
    perMinute: t.exposeFloat("perMinute", {
      description:
        "Number of jobs that became COMPLETED or FAILED per minute, over the current minute and the 4 " +
        "before; a job counts within 3 s.",
    }),
    p95Ms: t.int({
      nullable: true,
      description:
        "Duration in milliseconds that 95 % of the last attempts did not exceed, of jobs that became " +
        "COMPLETED or FAILED in the last hour, exact to 10 %; null if there are none.",
      resolve: ({ p95Ms }) => p95Ms === null ? null : toInt(p95Ms),
    }),
    slots: t.exposeInt("slots", {
      description: "Number of worker slots of all processes; 0 if none serves the lane.",
    }),
    running: t.exposeInt("running", {
      description: "Number of these slots in use, by jobs of all organizations.",
    }),
  }),
});

/** Jobs of one organization. */
export const QueueStats = builder.objectRef<Queue>("QueueStats").implement({
  description: "Jobs of one organization, by state and by lane.",
  fields: (t) => ({
    byStatus: t.field({
      type: [StatusCount],
      description: "Numbers of jobs by state, every state once.",
      resolve: ({ byStatus }) => [...byStatus],
    }),
    byLane: t.field({
      type: [LaneStats],
      description: "Jobs and slots by lane, every lane once.",
      resolve: ({ lanes }) => [...lanes],
    }),
  }),
});
