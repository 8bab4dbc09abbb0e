import { fromTypeId } from "../../src/domain/id.ts";
import type { Job } from "../../src/domain/jobs/job.ts";
import { cancelJob } from "../../src/domain/jobs/cancel.ts";
import { retryJob } from "../../src/domain/jobs/retry.ts";
import { startJob } from "../../src/domain/jobs/start.ts";
import { builder } from "../kit/builder.ts";
import { JobNode } from "./job.ts";
import { JobKind } from "./enums.ts";

const StartJobInput = builder.inputType("StartJobInput", {
  description: "Fields of a new job.",
  fields: (t) => ({
    kind: t.field({
      type: JobKind,
      required: true,
      description: "Kind of the job; `jobKinds` lists the startable ones.",
    }),
    payload: t.field({
      type: "JSONObject",
      required: true,
      description: "Payload, matching the `payloadSchema` of the kind.",
    }),
    priority: t.int({ defaultValue: 0, description: "Priority, -100 to 100; higher runs first." }),
    runAt: t.field({ type: "DateTime", description: "Earliest start; absent: now." }),
    maxAttempts: t.int({
      description: "Maximum attempts, 1 to 10; absent: the default of the kind.",
    }),
    uniqueKey: t.string({
      description:
        "Unique key, 1 to 200 characters: while an unfinished job of the organization has it, a " +
        "second start returns that job.",
    }),
  }),
});

const StartJobPayload = builder
  .objectRef<{ job: Job; created: boolean }>("StartJobPayload")
  .implement({
    description: "Job that was started or found.",
    fields: (t) => ({
      job: t.field({
        type: JobNode,
        description: "New job, or the unfinished one with the same unique key.",
        resolve: ({ job }) => job,
      }),
      created: t.exposeBoolean("created", {
        description: "False if the unique key named an unfinished job.",
      }),
    }),
  });

const CancelJobPayload = builder.objectRef<Job>("CancelJobPayload").implement({
  description: "Cancelled job.",
  fields: (t) => ({
    job: t.field({
      type: JobNode,
      description: "Job, CANCELLED, or still PROCESSING until it has recorded its results.",
      resolve: (job) => job,
    }),
  }),
});

const RetryJobPayload = builder.objectRef<Job>("RetryJobPayload").implement({
  description: "Job that runs again.",
  fields: (t) => ({
    job: t.field({ type: JobNode, description: "Job, QUEUED.", resolve: (job) => job }),
  }),
});

builder.mutationFields((t) => ({
  startJob: t.field({
    type: StartJobPayload,
    nullable: true,
    errors: {},
    description:
      "Starts a job of a startable kind, or returns the unfinished job with the same unique key. " +
      "ADMIN and OPERATOR only, else ForbiddenError. Refuses other kinds and an invalid payload " +
      "with InvalidInputError.",
    args: {
      input: t.arg({ type: StartJobInput, required: true, description: "Fields of the new job." }),
    },
    resolve: (_root, { input }, { services, caller }) => startJob(services, caller, input),
  }),
  cancelJob: t.field({
    type: CancelJobPayload,
    nullable: true,
    errors: {},
    description:
      "Cancels a job. A waiting job becomes CANCELLED at once. A running job is aborted and ends " +
      "once it has recorded its results: as CANCELLED, or as COMPLETED if it completed before the " +
      "abort took effect. Refuses a finished job with ConflictError ALREADY_FINISHED.",
    args: { id: t.arg.id({ required: true, description: "Id of the job: job_…" }) },
    resolve: (_root, { id }, { services, caller }) =>
      cancelJob(services, caller, fromTypeId("job", id)),
  }),
  retryJob: t.field({
    type: RetryJobPayload,
    nullable: true,
    errors: {},
    description:
      "Runs a FAILED or CANCELLED job again from attempt 1, or a job that waits for `runAt` at " +
      "once. Refuses other jobs with ConflictError NOT_RETRYABLE, and ALREADY_RUNNING while " +
      "another unfinished job has its unique key.",
    args: { id: t.arg.id({ required: true, description: "Id of the job: job_…" }) },
    resolve: (_root, { id }, { services, caller }) =>
      retryJob(services, caller, fromTypeId("job", id)),
  }),
}));
