import { AI_CURRENCY, costOf } from "../../src/domain/ai_usage/call.ts";
import type { Money } from "../../src/domain/money.ts";
import { listResults, listTrials, trialsById } from "../../src/domain/prompt_trials/find.ts";
import type { PromptTrial, TrialResult } from "../../src/domain/prompt_trials/trial.ts";
import { JobErrorObject } from "../jobs/error.ts";
import { JobNode } from "../jobs/job.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { MoneyObject } from "../kit/money.ts";
import { PromptNode } from "../prompts/prompt.ts";

/** A trial of a version of a prompt. */
export const PromptTrialNode = builder.loadableNodeRef("PromptTrial", {
  id: { resolve: ({ id }: PromptTrial) => id },
  load: (ids: string[], { services, caller }) => trialsById(services, caller, ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

const ResultObject = builder.objectRef<TrialResult>("PromptTrialResult").implement({
  description: "Answer to one past input with the tried version, beside the stored answer.",
  fields: (t) => ({
    subject: t.node({
      description: "Object whose input was repeated; null after it was deleted.",
      id: ({ subject }) => subject,
    }),
    before: t.exposeString("before", {
      nullable: true,
      description: "Stored answer as text; null until `finishedAt`.",
    }),
    after: t.exposeString("after", {
      nullable: true,
      description: "Answer with the tried version as text; null until `finishedAt`, and on error.",
    }),
    similarity: t.exposeFloat("similarity", {
      nullable: true,
      description:
        "Share of the text that is the same in both answers, 0 to 1, by edit distance; null " +
        "without `after`.",
    }),
    cost: t.field({
      type: MoneyObject,
      nullable: true,
      description: "Cost of its calls; null if none was made or a price is unknown.",
      resolve: ({ costMicros }) => costOf(costMicros),
    }),
    error: t.expose("error", {
      type: JobErrorObject,
      nullable: true,
      description: "Reason why there is no answer; null if there is one, and until `finishedAt`.",
    }),
    finishedAt: t.expose("finishedAt", {
      type: "DateTime",
      nullable: true,
      description: "Time of the answer or error; null until then.",
    }),
  }),
});

PromptTrialNode.implement({
  description:
    "Trial: a version of a prompt answers past inputs again, so that a person can compare the answers before " +
    "the version is promoted. It sends nothing and changes no other object. Deleted after 90 days.",
  fields: (t) => ({
    prompt: t.field({
      type: PromptNode,
      description: "Version under trial.",
      resolve: ({ promptId }) => promptId,
    }),
    job: t.field({
      type: JobNode,
      nullable: true,
      description:
        "Job that runs it; null after the job was deleted, and for a MEMBER who did not start it.",
      resolve: ({ jobId }) => jobId,
    }),
    sampleCount: t.exposeInt("sampleCount", { description: "Number of past inputs." }),
    finishedCount: t.exposeInt("finishedCount", {
      description: "Number of past inputs with an answer or error.",
    }),
    failedCount: t.exposeInt("failedCount", {
      description: "Number of past inputs with an error.",
    }),
    meanSimilarity: t.exposeFloat("meanSimilarity", {
      nullable: true,
      description: "Mean similarity of the answers, 0 to 1; null before the first one.",
    }),
    estimatedCost: t.field({
      type: MoneyObject,
      nullable: true,
      description: "Cost estimated at the start; null if it could not be estimated.",
      resolve: ({ estimatedCost }): Money | null =>
        estimatedCost === null ? null : { amount: estimatedCost, currency: AI_CURRENCY },
    }),
    cost: t.field({
      type: MoneyObject,
      nullable: true,
      description: "Cost of its calls so far; null if a price is unknown.",
      resolve: ({ costMicros }) => costOf(costMicros),
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "Time of the start." }),
    createdBy: t.exposeString("createdBy", {
      nullable: true,
      description: "User who started it; null if the caller's key names no user.",
    }),
    finishedAt: t.expose("finishedAt", {
      type: "DateTime",
      nullable: true,
      description: "Time of the last answer; null until then, and if the job failed.",
    }),
    results: t.connection({
      type: ResultObject,
      description: "Answers, newest input first; inputs without an answer are included.",
      resolve: (trial, args, { services }) => listResults(services, trial, args),
    }, ...connectionNames("PromptTrialResult")),
  }),
});

builder.objectField(PromptNode, "trials", (t) =>
  t.connection({
    type: PromptTrialNode,
    description: "Trials of all versions of the prompt, newest first.",
    resolve: (prompt, args, { services }) => listTrials(services, prompt, args),
  }, ...connectionNames("PromptTrial")));
