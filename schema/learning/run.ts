import { costOf } from "../../src/domain/ai_usage/call.ts";
import { findRuns } from "../../src/domain/learning/find.ts";
import {
  type LearningRun,
  type LearningStatus as LearningStatusName,
  mayAccess,
  processedOf,
} from "../../src/domain/learning/learning_run.ts";
import { failuresOfRun } from "../jobs/failures.ts";
import { ItemFailureConnection, ItemFailureObject } from "../jobs/item_failure.ts";
import { JobNode } from "../jobs/job.ts";
import { builder } from "../kit/builder.ts";
import { MoneyObject } from "../kit/money.ts";
import { PromptNode } from "../prompts/prompt.ts";

const STATUSES: Record<LearningStatusName, { description: string }> = {
  QUEUED: { description: "Waits for `runAt`, a worker slot, or an earlier run of the same user." },
  RUNNING: { description: "Started; also between two attempts of its job." },
  COMPLETED: { description: "All chosen mails are processed; some may have failed." },
  FAILED: { description: "Its job has failed; `retryJob` continues it." },
  CANCELLED: { description: "Its job was cancelled; `retryJob` continues it." },
};

const LearningStatus = builder.enumType("LearningStatus", {
  description: "State of a learning run.",
  values: STATUSES,
});

/** A run that learns from sent mails. */
export const LearningRunNode = builder.loadableNodeRef("LearningRun", {
  id: { resolve: ({ id }: LearningRun) => id },
  load: async (ids: string[], { services, caller }): Promise<LearningRun[]> => {
    const runs = await findRuns(services.db, ids);
    return runs.filter((run) => mayAccess(caller, run));
  },
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

LearningRunNode.implement({
  description:
    "Learning run: the language model learns tone, topics and facts from mails that the organization has " +
    "sent. Runs are kept for 90 days, longer than their jobs.",
  fields: (t) => ({
    status: t.expose("status", { type: LearningStatus, description: "State of the run." }),
    startedBy: t.exposeString("startedBy", {
      nullable: true,
      description: "User who started it; null if a caller without a user did.",
    }),
    relearn: t.exposeBoolean("relearn", {
      description: "True: mails that were learned with the same prompt are learned again.",
    }),
    since: t.field({
      type: "DateTime",
      nullable: true,
      description: "Only mails that were sent at this time or later; null: no limit.",
      resolve: ({ selection: { since } }) => since === null ? null : new Date(since),
    }),
    chosenCount: t.int({
      nullable: true,
      description: "Number of mails that were chosen by id; null if they were not.",
      resolve: ({ selection: { emailIds } }) => emailIds?.length ?? null,
    }),
    retryOf: t.field({
      type: LearningRunNode,
      nullable: true,
      description:
        "Run whose failed mails it learns from; null if there is none, or it was deleted.",
      resolve: ({ selection: { retryOf } }) => retryOf,
    }),
    prompt: t.field({
      type: PromptNode,
      nullable: true,
      description: "Version of the prompt `learning`; null until it starts.",
      resolve: ({ promptId }) => promptId,
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "Time of creation." }),
    startedAt: t.expose("startedAt", {
      type: "DateTime",
      nullable: true,
      description: "Time it began to learn; null until then.",
    }),
    finishedAt: t.expose("finishedAt", {
      type: "DateTime",
      nullable: true,
      description: "Time it ended; null until then.",
    }),
    durationMs: t.int({
      nullable: true,
      description: "Milliseconds from `startedAt` to `finishedAt`; null until it has ended.",
      resolve: ({ startedAt, finishedAt }) =>
        startedAt && finishedAt && finishedAt.getTime() - startedAt.getTime(),
    }),
    job: t.field({
      type: JobNode,
      nullable: true,
      description:
        "Job that runs it, with progress and expected end; null after the job was deleted, and for a " +
        "MEMBER who did not start it.",
      resolve: ({ jobId }) => jobId,
    }),
    total: t.exposeInt("total", { description: "Number of chosen mails; 0 until it starts." }),
    processed: t.int({
      description: "Number of mails that succeeded, failed or were skipped.",
      resolve: processedOf,
    }),
    succeeded: t.exposeInt("succeeded", { description: "Number of learned mails." }),
    failed: t.exposeInt("failed", { description: "Number of mails that could not be learned." }),
    skipped: t.exposeInt("skipped", {
      description:
        "Number of mails that were not sent to the model: learned before, without text of their " +
        "own, or chosen by id although received, forwarded or automatic.",
    }),
    newFactCount: t.exposeInt("newFactCount", {
      description: "Number of facts that were new; they are PROPOSED.",
    }),
    cost: t.field({
      type: MoneyObject,
      nullable: true,
      description: "Cost of its calls of the model so far; null if a price is unknown.",
      resolve: ({ costMicros }) => costOf(costMicros),
    }),
    failures: t.connection({
      type: ItemFailureObject,
      description: "Mails that could not be learned, with the errors; see `retryLearningRun`.",
      resolve: ({ id }, args, { services }) => failuresOfRun(services, id, args),
    }, ItemFailureConnection),
  }),
});
