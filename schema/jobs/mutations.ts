import { fromTypeId } from "../../src/domain/id.ts";
import type { Job } from "../../src/domain/jobs/job.ts";
import { cancelJob, retryJob, startJob } from "../../src/domain/jobs/operations.ts";
import { builder } from "../kit/builder.ts";
import { JobNode } from "./job.ts";
import { JobKind } from "./enums.ts";

const StartJobInput = builder.inputType("StartJobInput", {
  description: "What a new job is made of.",
  fields: (t) => ({
    kind: t.field({
      type: JobKind,
      required: true,
      description: "One that `jobKinds` calls startable.",
    }),
    payload: t.field({
      type: "JSONObject",
      required: true,
      description: "As the kind's `payloadSchema` says.",
    }),
    priority: t.int({ defaultValue: 0, description: "-100 to 100; higher runs first." }),
    runAt: t.field({ type: "DateTime", description: "Not before this; absent: now." }),
    maxAttempts: t.int({ description: "1 to 10; absent: as the kind says." }),
    uniqueKey: t.string({
      description:
        "At most one unfinished job has this key: a second start answers with the first.",
    }),
  }),
});

const StartJobPayload = builder
  .objectRef<{ job: Job; created: boolean }>("StartJobPayload")
  .implement({
    description: "The job that was started.",
    fields: (t) => ({
      job: t.field({
        type: JobNode,
        description: "The new job, or the unfinished one that has the unique key.",
        resolve: ({ job }) => job,
      }),
      created: t.exposeBoolean("created", {
        description: "false: the unique key named an unfinished job.",
      }),
    }),
  });

const CancelJobPayload = builder.objectRef<Job>("CancelJobPayload").implement({
  description: "The job that was cancelled.",
  fields: (t) => ({
    job: t.field({
      type: JobNode,
      description: "The job: CANCELLED, or PROCESSING until it has recorded what it did.",
      resolve: (job) => job,
    }),
  }),
});

const RetryJobPayload = builder.objectRef<Job>("RetryJobPayload").implement({
  description: "The job that runs again.",
  fields: (t) => ({
    job: t.field({ type: JobNode, description: "The job, QUEUED.", resolve: (job) => job }),
  }),
});

builder.mutationFields((t) => ({
  startJob: t.field({
    type: StartJobPayload,
    nullable: true,
    errors: {},
    description: "Starts a job by hand. For ADMIN and OPERATOR.",
    args: {
      input: t.arg({ type: StartJobInput, required: true, description: "What it is made of." }),
    },
    resolve: (_root, { input }, { services, caller }) => startJob(services, caller, input),
  }),
  cancelJob: t.field({
    type: CancelJobPayload,
    nullable: true,
    errors: {},
    description: "Ends a job: at once when it waits, a running one as soon as it has stopped.",
    args: { id: t.arg.id({ required: true, description: "job_…" }) },
    resolve: (_root, { id }, { services, caller }) =>
      cancelJob(services, caller, fromTypeId("job", id)),
  }),
  retryJob: t.field({
    type: RetryJobPayload,
    nullable: true,
    errors: {},
    description: "Runs a job again that FAILED or was CANCELLED, or now what waits for its time.",
    args: { id: t.arg.id({ required: true, description: "job_…" }) },
    resolve: (_root, { id }, { services, caller }) =>
      retryJob(services, caller, fromTypeId("job", id)),
  }),
}));
