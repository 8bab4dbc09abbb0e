import { readBatchWaits } from "../../src/domain/deliveries/batch_waits.ts";
import {
  canCancel,
  canRetry,
  type Job,
  mayAccess,
  type Progress,
} from "../../src/domain/jobs/job.ts";
import { findJob, findJobs, type JobAttempt, readAttempts } from "../../src/domain/jobs/find.ts";
import { readTimeline } from "../../src/domain/jobs/timeline.ts";
import type { WaitingFor } from "../../src/domain/waiting.ts";
import { builder } from "../kit/builder.ts";
import { toInt } from "../kit/scalars.ts";
import { batchLoader } from "../kit/loader.ts";
import { AttemptOutcome, JobKind, JobStatus, Lane } from "./enums.ts";
import { JobErrorObject } from "./error.ts";
import { failuresOf } from "./failures.ts";
import { ItemFailureConnection, ItemFailureObject } from "./item_failure.ts";
import { JobMomentObject, JobWorkerObject } from "./timeline.ts";
import { WAITING_COMPLEXITY, WaitingForObject } from "./waiting.ts";

/** A job, with the explanation that was read together with it. */
export interface JobState extends Job {
  /** Absent: not read. */
  readonly waitingFor?: WaitingFor | null;
}

/** A job: durable background work. */
export const JobNode = builder.loadableNodeRef("Job", {
  id: { resolve: ({ id }: JobState) => id },
  load: async (ids: string[], { services, caller }): Promise<JobState[]> => {
    const jobs = await findJobs(services.db, ids);
    return jobs.filter((job) => mayAccess(caller, job));
  },
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

const waitOf = batchLoader(({ services }, ids) => readBatchWaits(services.db, ids));

interface JobProgress extends Progress {
  readonly fraction: number | null;
  readonly etaMs: number | null;
}

const ProgressObject = builder.objectRef<JobProgress>("Progress").implement({
  description: "Progress of a job, in items of its kind.",
  fields: (t) => ({
    total: t.exposeInt("total", {
      nullable: true,
      description: "Number of items; null if unknown.",
    }),
    processed: t.exposeInt("processed", { description: "Number of items processed so far." }),
    succeeded: t.exposeInt("succeeded", {
      description: "Number of processed items that succeeded.",
    }),
    failed: t.exposeInt("failed", { description: "Number of processed items that failed." }),
    skipped: t.exposeInt("skipped", {
      description: "Number of processed items that needed no work.",
    }),
    fraction: t.exposeFloat("fraction", {
      nullable: true,
      description: "`processed` / `total`, 0 to 1; null if the total is unknown or 0.",
    }),
    etaMs: t.exposeInt("etaMs", {
      nullable: true,
      description:
        "Estimated milliseconds until the end, at the rate since `startedAt`; null unless " +
        "PROCESSING with a known total and a first item processed since then.",
    }),
  }),
});

const JobAttemptObject = builder.objectRef<JobAttempt>("JobAttempt").implement({
  description: "Attempt of a job that has ended.",
  fields: (t) => ({
    number: t.exposeInt("number", {
      description:
        "Number of the attempt, from 1; starts at 1 again after `retryJob` on a finished job.",
    }),
    startedAt: t.expose("startedAt", {
      type: "DateTime",
      description: "Time the attempt started.",
    }),
    finishedAt: t.expose("finishedAt", {
      type: "DateTime",
      nullable: true,
      description:
        "Time the attempt ended; null while it runs, but running attempts are not listed.",
    }),
    outcome: t.expose("outcome", {
      type: AttemptOutcome,
      nullable: true,
      description:
        "Outcome of the attempt; null while it runs, but running attempts are not listed.",
    }),
    error: t.expose("error", {
      type: JobErrorObject,
      nullable: true,
      description: "Error of the attempt; null if it did not fail.",
    }),
    worker: t.field({
      type: JobWorkerObject,
      description: "Worker that ran it.",
      resolve: ({ workerId }) => workerId,
    }),
  }),
});

JobNode.implement({
  description: "Job: durable background work that is retried when it fails.",
  fields: (t) => ({
    kind: t.expose("kind", { type: JobKind, description: "Kind of the job." }),
    lane: t.expose("lane", { type: Lane, description: "Lane whose worker slots the job uses." }),
    status: t.field({
      type: JobStatus,
      description: "State of the job.",
      resolve: ({ status }) => status === "SCHEDULED" ? "QUEUED" : status,
    }),
    waitingFor: t.field({
      type: WaitingForObject,
      nullable: true,
      description: "Reason why it does not run now; null unless QUEUED.",
      complexity: WAITING_COMPLEXITY,
      resolve: ({ id, status, waitingFor }, _args, context) => {
        if (waitingFor !== undefined) return waitingFor;
        return status === "QUEUED" || status === "SCHEDULED" ? waitOf(context, id) : null;
      },
    }),
    priority: t.exposeInt("priority", {
      description:
        "Priority, -100 to 100; higher runs first among jobs of the same kind or, for messages, of " +
        "the same message type.",
    }),
    attemptCount: t.exposeInt("attempt", {
      description: "Attempts started so far; `retryJob` resets it to 0 for a finished job.",
    }),
    maxAttempts: t.exposeInt("maxAttempts", { description: "Maximum attempts, 1 to 10." }),
    startedBy: t.exposeString("userId", {
      nullable: true,
      description: "User who started it; null if the system or a caller without a user did.",
    }),
    runAt: t.field({
      type: "DateTime",
      nullable: true,
      description:
        "Earliest start of the next attempt, or of the last one once finished; null while parked " +
        "until its message is resumed.",
      resolve: ({ runAt }) => runAt instanceof Date ? runAt : null,
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "Time of creation." }),
    updatedAt: t.expose("updatedAt", { type: "DateTime", description: "Time of the last change." }),
    startedAt: t.expose("startedAt", {
      type: "DateTime",
      nullable: true,
      description: "Time the last attempt started; null if none has.",
    }),
    finishedAt: t.expose("finishedAt", {
      type: "DateTime",
      nullable: true,
      description: "Time it finished; null until then.",
    }),
    durationMs: t.int({
      nullable: true,
      description:
        "Milliseconds from `startedAt` to `finishedAt`; null until finished, and if it never " +
        "started.",
      resolve: ({ startedAt, finishedAt }) =>
        startedAt && finishedAt && finishedAt.getTime() - startedAt.getTime(),
    }),
    progress: t.field({
      type: ProgressObject,
      nullable: true,
      description: "Progress; null before the first report.",
      resolve: progressOf,
    }),
    error: t.expose("error", {
      type: JobErrorObject,
      nullable: true,
      description: "Error of the last attempt that ended; null if there was none or it succeeded.",
    }),
    subject: t.node({
      description: "Object that the job works on, such as a message; null if it has none.",
      id: ({ subject }) => subject,
    }),
    canCancel: t.boolean({
      description:
        "True if the job is unfinished and not being cancelled yet, so that `cancelJob` cancels " +
        "it.",
      resolve: canCancel,
    }),
    canRetry: t.boolean({
      description:
        "True if `retryJob` would be accepted: FAILED, CANCELLED, or waiting for `runAt`.",
      resolve: canRetry,
    }),
    payload: t.expose("payload", {
      type: "JSONObject",
      description: "Payload, in the format of its kind; see `jobKinds`.",
    }),
    result: t.expose("result", {
      type: "JSONObject",
      nullable: true,
      description:
        "Result, in the format of its kind; null if none. RETRY_FAILED: `{ messageCount, " +
        "recipientCount, batchCount, messages: [{ messageId, title, round, recipientCount, batchCount, " +
        "startNumber }] }`, with at most 1,000 messages.",
    }),
    startedFrom: t.field({
      type: JobNode,
      nullable: true,
      description:
        "Job that `startJobAgain` copied to start this one; null if this one is no copy, or if the " +
        "copied job was deleted or is not visible to the caller.",
      resolve: async ({ organizationId, startedFrom }, _args, { services, caller }) => {
        const job = startedFrom && await findJob(services.db, organizationId, startedFrom);
        return job && mayAccess(caller, job) ? job : null;
      },
    }),
    timeline: t.field({
      type: [JobMomentObject],
      description: "Changes of the state of the job, oldest first.",
      resolve: (job, _args, { services }) => readTimeline(services, job),
    }),
    attempts: t.field({
      type: [JobAttemptObject],
      description: "Ended attempts, oldest first.",
      resolve: (job, _args, { services }) => readAttempts(services, job),
    }),
    failures: t.connection({
      type: ItemFailureObject,
      description:
        "Failed items. SEND_BATCH: the FAILED and UNKNOWN deliveries of its batch; a retried delivery " +
        "moves to the job of its new batch. LEARN_EMAILS: the mails that its run could not learn.",
      resolve: (job, args, { services, caller }) => failuresOf(services, caller, job, args),
    }, ItemFailureConnection),
  }),
});

function progressOf({ progress, status, startedAt }: Job): JobProgress | null {
  if (!progress) return null;
  const { total, processed, processedBefore = 0 } = progress;
  const elapsedMs = startedAt && Date.now() - startedAt.getTime();
  // Items of earlier runs were not processed in the time since this run started.
  const processedNow = processed - processedBefore;
  const running = status === "PROCESSING" && elapsedMs && total !== null && processedNow > 0;
  return {
    ...progress,
    fraction: total ? processed / total : null,
    etaMs: running ? toInt(elapsedMs * (total - processed) / processedNow) : null,
  };
}
