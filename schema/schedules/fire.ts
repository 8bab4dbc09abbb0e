import type { Fire, FireOutcome as Outcome } from "../../src/domain/schedules/fires.ts";
import { JobErrorObject } from "../jobs/error.ts";
import { JobNode } from "../jobs/job.ts";
import { builder } from "../kit/builder.ts";

const OUTCOMES: Record<Outcome | "ENQUEUED", { description: string }> = {
  ENQUEUED: { description: "The job waits or runs." },
  COMPLETED: { description: "The job has completed." },
  FAILED: { description: "The job has failed; `retryJob` does not change this outcome." },
  CANCELLED: { description: "The job was cancelled." },
  SKIPPED: { description: "The job of an earlier fire was unfinished, so none was started." },
};

const FireOutcome = builder.enumType("FireOutcome", {
  description: "Outcome of a fire of a schedule.",
  values: OUTCOMES,
});

export const ScheduleFireObject = builder.objectRef<Fire>("ScheduleFire").implement({
  description:
    "Fire of a schedule: one tick, or a requested run. Kept for 30 days, the last 1,000 of each " +
    "schedule.",
  fields: (t) => ({
    nominalAt: t.expose("nominalAt", {
      type: "DateTime",
      description: "Time of the tick by the schedule, or of the request.",
    }),
    firedAt: t.expose("firedAt", {
      type: "DateTime",
      description: "Time at which it fired; later than `nominalAt` if no process ran before.",
    }),
    finishedAt: t.expose("finishedAt", {
      type: "DateTime",
      nullable: true,
      description: "Time at which its job ended; null until then, and for SKIPPED.",
    }),
    manual: t.exposeBoolean("manual", {
      description: "True if `runSchedule` or a request to /cron started it; false for a tick.",
    }),
    startedBy: t.exposeString("startedBy", {
      nullable: true,
      description: "User who ran it; null for a tick, /cron, and a caller that names no user.",
    }),
    outcome: t.field({
      type: FireOutcome,
      description: "Outcome of its job.",
      resolve: ({ outcome }) => outcome ?? "ENQUEUED",
    }),
    processedCount: t.exposeInt("processedCount", {
      nullable: true,
      description:
        "Number of messages, or of other objects that the job processed; null until it has ended. An " +
        "ADMIN does not see what the system's jobs did.",
    }),
    recipientCount: t.exposeInt("recipientCount", {
      nullable: true,
      description: "Number of recipients of these messages; null if the kind counts none.",
    }),
    batchCount: t.exposeInt("batchCount", {
      nullable: true,
      description: "Number of batches that the job created; null if the kind counts none.",
    }),
    error: t.expose("error", {
      type: JobErrorObject,
      nullable: true,
      description: "Error of its job; null unless FAILED.",
    }),
    job: t.field({
      type: JobNode,
      nullable: true,
      description:
        "Job that it started; null for SKIPPED, after the job was deleted, and for the system's jobs " +
        "unless the caller is the OPERATOR.",
      resolve: ({ jobId }) => jobId,
    }),
  }),
});
