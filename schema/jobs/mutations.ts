import { fromTypeId, fromTypeIds } from "../../src/domain/id.ts";
import type { Job } from "../../src/domain/jobs/job.ts";
import { cancelJob } from "../../src/domain/jobs/cancel.ts";
import { retryJob } from "../../src/domain/jobs/retry.ts";
import { retryJobs, type RetryJobsResult } from "../../src/domain/jobs/retry_many.ts";
import { startJob } from "../../src/domain/jobs/start.ts";
import { startJobAgain } from "../../src/domain/jobs/start_again.ts";
import { builder } from "../kit/builder.ts";
import { SkippedCountObject } from "../kit/skipped_count.ts";
import { JobKind } from "./enums.ts";
import { JobNode } from "./job.ts";
import { JobFilter, jobFilter } from "./queries.ts";

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

const StartJobAgainInput = builder.inputType("StartJobAgainInput", {
  description:
    "Fields of the new job that differ from those of the copied one. Absent or null: equal.",
  fields: (t) => ({
    payload: t.field({
      type: "JSONObject",
      description: "Whole new payload, matching the `payloadSchema` of the kind.",
    }),
    priority: t.int({ description: "Priority, -100 to 100; higher runs first." }),
    runAt: t.field({ type: "DateTime", description: "Earliest start; absent or null: now." }),
  }),
});

const StartJobAgainPayload = builder.objectRef<Job>("StartJobAgainPayload").implement({
  description: "New job.",
  fields: (t) => ({
    job: t.field({
      type: JobNode,
      description: "New job; its `startedFrom` is the copied one.",
      resolve: (job) => job,
    }),
  }),
});

const RetryJobsInput = builder.inputType("RetryJobsInput", {
  description: "Selection of FAILED jobs to retry: either `ids` or `filter`.",
  fields: (t) => ({
    ids: t.idList({ description: "Ids of jobs, 1 to 1,000: job_…" }),
    filter: t.field({
      type: JobFilter,
      description: "Filter of the jobs, with at least one field; FAILED ones are retried.",
    }),
  }),
});

const RetryJobsPayload = builder.objectRef<RetryJobsResult>("RetryJobsPayload").implement({
  description: "Result of `retryJobs`.",
  fields: (t) => ({
    jobCount: t.int({
      description: "Number of retried jobs.",
      resolve: ({ jobs }) => jobs.length,
    }),
    jobs: t.field({
      type: [JobNode],
      description: "Retried jobs, QUEUED, oldest first.",
      resolve: ({ jobs }) => [...jobs],
    }),
    job: t.field({
      type: JobNode,
      nullable: true,
      description: "The retried job, if it is the only one; else null.",
      resolve: ({ jobs }) => jobs.length === 1 ? jobs[0] : null,
    }),
    skipped: t.field({
      type: [SkippedCountObject],
      description:
        "Numbers of selected jobs that were not retried, by reason. With a filter: FAILED jobs only.",
      resolve: ({ skipped }) => [...skipped],
    }),
    hasMore: t.exposeBoolean("hasMore", {
      description: "True if the filter matches more FAILED jobs than one call retries; call again.",
    }),
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
  retryJobs: t.field({
    type: RetryJobsPayload,
    nullable: true,
    errors: {},
    description:
      "Runs FAILED jobs again from attempt 1, at most 1,000 per call, the newest first. Other jobs, " +
      "and jobs whose unique key an unfinished job has, are not changed (see `skipped`). Refuses " +
      "both or neither of `ids` and `filter` with InvalidInputError, and unknown ids with " +
      "NotFoundError; nothing is retried then.",
    args: {
      input: t.arg({ type: RetryJobsInput, required: true, description: "Jobs to retry." }),
    },
    resolve: (_root, { input: { ids, filter } }, { services, caller }) =>
      retryJobs(services, caller, {
        ids: ids && fromTypeIds("job", ids, ["ids"]),
        filter: filter && jobFilter(filter),
      }),
  }),
  startJobAgain: t.field({
    type: StartJobAgainPayload,
    nullable: true,
    errors: {},
    description:
      "Starts a copy of a job, which must be of a startable kind and may be in any state; the copied " +
      "job does not change. A MEMBER may copy its own jobs. Refuses jobs of other kinds with " +
      "ConflictError NOT_STARTABLE, and an invalid payload with InvalidInputError.",
    args: {
      id: t.arg.id({ required: true, description: "Id of the job to copy: job_…" }),
      input: t.arg({ type: StartJobAgainInput, description: "Fields to change; absent: none." }),
    },
    resolve: (_root, { id, input }, { services, caller }) =>
      startJobAgain(services, caller, fromTypeId("job", id), input ?? {}),
  }),
}));
