import type { Delivery } from "../../src/domain/deliveries/delivery.ts";
import { listDeliveries } from "../../src/domain/deliveries/list.ts";
import { toTypeId } from "../../src/domain/id.ts";
import {
  canCancel,
  canRetry,
  type Job,
  type JobError,
  mayAccess,
  type Progress,
} from "../../src/domain/jobs/job.ts";
import { findJobs, type JobAttempt, readAttempts } from "../../src/domain/jobs/queries.ts";
import { emptyPage } from "../../src/domain/page.ts";
import { builder } from "../kit/builder.ts";
import { toInt } from "../kit/scalars.ts";
import { connectionNames } from "../kit/connection.ts";
import { AttemptOutcome, JobKind, JobStatus, Lane } from "./enums.ts";

/** Work in the background. */
export const JobNode = builder.loadableNodeRef("Job", {
  id: { resolve: ({ id }: Job) => id },
  load: async (ids: string[], { services, caller }) => {
    const jobs = await findJobs(services.db, ids);
    return jobs.filter((job) => mayAccess(caller, job));
  },
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

export const JobErrorObject = builder.objectRef<JobError>("JobError").implement({
  description: "Why a job, or a part of it, failed.",
  fields: (t) => ({
    type: t.exposeString("type", {
      description: "For programs: TIMEOUT, CRASHED, INVALID_PAYLOAD, INTERNAL …",
    }),
    code: t.exposeString("code", {
      nullable: true,
      description: "What the failing service calls it, when it says so.",
    }),
    message: t.exposeString("message", { description: "For people." }),
  }),
});

interface JobProgress extends Progress {
  readonly fraction: number | null;
  readonly etaMs: number | null;
}

const ProgressObject = builder.objectRef<JobProgress>("Progress").implement({
  description: "How far a job has come, in the items that its kind counts.",
  fields: (t) => ({
    total: t.exposeInt("total", {
      nullable: true,
      description: "All items; null while it is not known.",
    }),
    processed: t.exposeInt("processed", { description: "Items that are through." }),
    succeeded: t.exposeInt("succeeded", { description: "Of these: went well." }),
    failed: t.exposeInt("failed", { description: "Of these: did not." }),
    skipped: t.exposeInt("skipped", { description: "Of these: needed nothing." }),
    fraction: t.exposeFloat("fraction", {
      nullable: true,
      description: "processed / total, 0 to 1; null while the total is not known.",
    }),
    etaMs: t.exposeInt("etaMs", {
      nullable: true,
      description: "Until it is through, in milliseconds, at the pace so far; null: no telling.",
    }),
  }),
});

const JobAttemptObject = builder.objectRef<JobAttempt>("JobAttempt").implement({
  description: "One try at a job that has ended.",
  fields: (t) => ({
    number: t.exposeInt("number", { description: "From 1." }),
    startedAt: t.expose("startedAt", { type: "DateTime", description: "When it began." }),
    finishedAt: t.expose("finishedAt", {
      type: "DateTime",
      nullable: true,
      description: "When it ended.",
    }),
    outcome: t.expose("outcome", {
      type: AttemptOutcome,
      nullable: true,
      description: "How it ended.",
    }),
    error: t.expose("error", {
      type: JobErrorObject,
      nullable: true,
      description: "Why it failed; null when it did not.",
    }),
  }),
});

const ItemFailure = builder.objectRef<Delivery>("ItemFailure").implement({
  description: "One of the many items of a job that failed.",
  fields: (t) => ({
    itemId: t.id({
      nullable: true,
      description: "The item's id; null when it has none.",
      resolve: ({ id }) => toTypeId("delivery", id),
    }),
    label: t.exposeString("address", { description: "What people know the item by." }),
    error: t.field({
      type: JobErrorObject,
      description: "Why it failed.",
      resolve: ({ errorType, errorCode, errorMessage }) => ({
        type: errorType ?? "OTHER",
        code: errorCode,
        message: errorMessage ?? "",
      }),
    }),
  }),
});

JobNode.implement({
  description: "Work in the background: durable, tried again when it fails, visible as it runs.",
  fields: (t) => ({
    kind: t.expose("kind", { type: JobKind, description: "What it does." }),
    lane: t.expose("lane", { type: Lane, description: "Whose worker slots it uses." }),
    status: t.field({
      type: JobStatus,
      description: "Where it stands.",
      resolve: ({ status }) => status === "SCHEDULED" ? "QUEUED" : status,
    }),
    priority: t.exposeInt("priority", { description: "Higher runs first, within a kind." }),
    attemptCount: t.exposeInt("attempt", { description: "Attempts that were begun." }),
    maxAttempts: t.exposeInt("maxAttempts", { description: "Attempts at most, 1 to 10." }),
    startedBy: t.exposeString("userId", {
      nullable: true,
      description: "The user who started it; null: the system.",
    }),
    runAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "Not before this; null while it is parked, until its message is resumed.",
      resolve: ({ runAt }) => runAt instanceof Date ? runAt : null,
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was made." }),
    updatedAt: t.expose("updatedAt", { type: "DateTime", description: "When it last changed." }),
    startedAt: t.expose("startedAt", {
      type: "DateTime",
      nullable: true,
      description: "When its newest attempt began; null: none has.",
    }),
    finishedAt: t.expose("finishedAt", {
      type: "DateTime",
      nullable: true,
      description: "When it ended; null: it has not.",
    }),
    durationMs: t.int({
      nullable: true,
      description: "How long its last attempt took, in milliseconds; null until it has ended.",
      resolve: ({ startedAt, finishedAt }) =>
        startedAt && finishedAt && finishedAt.getTime() - startedAt.getTime(),
    }),
    progress: t.field({
      type: ProgressObject,
      nullable: true,
      description: "How far it has come; null before it has counted anything.",
      resolve: progressOf,
    }),
    error: t.expose("error", {
      type: JobErrorObject,
      nullable: true,
      description: "Why its newest attempt failed; null when it did not.",
    }),
    subject: t.node({
      description: "What it works on; null: nothing in particular, or it is gone.",
      id: ({ subject }) => subject,
    }),
    canCancel: t.boolean({
      description: "Whether `cancelJob` would be accepted.",
      resolve: canCancel,
    }),
    canRetry: t.boolean({
      description: "Whether `retryJob` would be accepted.",
      resolve: canRetry,
    }),
    payload: t.expose("payload", {
      type: "JSONObject",
      description: "What it was given, in the form that its kind takes.",
    }),
    result: t.expose("result", {
      type: "JSONObject",
      nullable: true,
      description: "What it has to say, in the form of its kind; null: nothing. RETRY_FAILED: " +
        "`{ messageCount, recipientCount, messages: [{ messageId, title, round, recipientCount, " +
        "batchCount, startNumber }] }`, of 1,000 messages at most.",
    }),
    attempts: t.field({
      type: [JobAttemptObject],
      description: "The attempts that have ended, oldest first.",
      resolve: (job, _args, { services }) => readAttempts(services, job),
    }),
    failures: t.connection({
      type: ItemFailure,
      description:
        "Which of its items failed, and why. Only batches of messages have any; who is " +
        "tried again stands with the job of the new batch.",
      resolve: ({ kind, payload: { batchId } }, args, { services, caller }) => {
        if (kind !== "SEND_BATCH" || typeof batchId !== "string") return emptyPage<Delivery>();
        const filter = { batchId, statuses: ["FAILED", "UNKNOWN"] } as const;
        return listDeliveries(services, caller, filter, "CREATED_ASC", args);
      },
    }, ...connectionNames("ItemFailure")),
  }),
});

function progressOf({ progress, status, startedAt }: Job): JobProgress | null {
  if (!progress) return null;
  const { total, processed } = progress;
  const elapsedMs = startedAt && Date.now() - startedAt.getTime();
  const running = status === "PROCESSING" && elapsedMs && total !== null && processed > 0;
  return {
    ...progress,
    fraction: total ? processed / total : null,
    etaMs: running ? toInt(elapsedMs * (total - processed) / processed) : null,
  };
}
