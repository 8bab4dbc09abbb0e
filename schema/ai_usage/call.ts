import { costOf } from "../../src/domain/ai_usage/call.ts";
import { type AiCall, findAiCalls, listAiCalls } from "../../src/domain/ai_usage/list.ts";
import { JobErrorObject } from "../jobs/error.ts";
import { JobNode } from "../jobs/job.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { checkFilter } from "../kit/filter.ts";
import { MoneyObject } from "../kit/money.ts";
import { PromptNode } from "../prompts/prompt.ts";
import { AiCallKind, AiCallOutcome } from "./enums.ts";

/** A call of the language model. */
const AiCallNode = builder.loadableNode("AiCall", {
  description:
    "Request to the language model, without its contents. Calls are kept for 90 days. ADMIN and " +
    "OPERATOR only.",
  id: { resolve: ({ id }: AiCall) => id },
  load: (ids: string[], { services, caller }) => findAiCalls(services, caller, ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
  fields: (t) => ({
    kind: t.expose("kind", { type: AiCallKind, description: "Purpose of the call." }),
    model: t.exposeString("model", { description: "Name of the model, as it was requested." }),
    prompt: t.field({
      type: PromptNode,
      nullable: true,
      description: "Version of the prompt that made the request; null: none.",
      resolve: ({ promptId }) => promptId,
    }),
    job: t.field({
      type: JobNode,
      nullable: true,
      description: "Job that made the call; null: none, or it is deleted.",
      resolve: ({ jobId }) => jobId,
    }),
    subject: t.node({
      description: "Object that the call is about; null: none, or it is deleted.",
      id: ({ subject }) => subject,
    }),
    startedAt: t.expose("startedAt", { type: "DateTime", description: "Start of the call." }),
    outcome: t.expose("outcome", {
      type: AiCallOutcome,
      nullable: true,
      description: "Outcome of the call; null while it runs.",
    }),
    inputTokens: t.exposeInt("inputTokens", {
      nullable: true,
      description: "Number of input tokens, including cached ones; null: unknown.",
    }),
    cachedInputTokens: t.exposeInt("cachedInputTokens", {
      nullable: true,
      description: "Number of input tokens that the server read from its cache; null: unknown.",
    }),
    outputTokens: t.exposeInt("outputTokens", {
      nullable: true,
      description: "Number of output tokens, including those of reasoning; null: unknown.",
    }),
    reasoningTokens: t.exposeInt("reasoningTokens", {
      nullable: true,
      description: "Number of output tokens that were used for reasoning; null: unknown.",
    }),
    cost: t.field({
      type: MoneyObject,
      nullable: true,
      description:
        "Cost of the call; null while it runs, if the model had no price, and if the server " +
        "reported no token counts.",
      resolve: ({ costMicros }) => costOf(costMicros),
    }),
    reserved: t.field({
      type: MoneyObject,
      nullable: true,
      description: "Upper bound of the cost; null: the model had no price.",
      resolve: ({ reservedMicros }) => costOf(reservedMicros),
    }),
    firstTokenMs: t.exposeInt("firstTokenMs", {
      nullable: true,
      description: "Time to the first token, in milliseconds; null if none arrived.",
    }),
    durationMs: t.exposeInt("durationMs", {
      nullable: true,
      description: "Duration in milliseconds; null while it runs, and if it is unknown.",
    }),
    error: t.field({
      type: JobErrorObject,
      nullable: true,
      description: "Error of the call; null: none.",
      resolve: ({ errorType: type, errorCode: code, errorMessage }) =>
        type === null ? null : { type, code, message: errorMessage ?? "" },
    }),
  }),
});

const AiCallFilter = builder.inputType("AiCallFilter", {
  description:
    "Filter of calls of the language model: all fields must match, within a list any value. Absent " +
    "or null: no limit; an empty list is an InvalidInputError.",
  fields: (t) => ({
    subjectId: t.id({
      description: "Job that made the call, or object that it is about: job_…, quo_…",
    }),
    kinds: t.field({ type: [AiCallKind], description: "Purposes of the call." }),
    failed: t.boolean({
      description: "True: calls with the outcome FAILED, TIMED_OUT, INVALID_ANSWER or UNKNOWN.",
    }),
  }),
});

builder.queryField("aiCalls", (t) =>
  t.connection({
    type: AiCallNode,
    description:
      "Calls of the language model by the caller's organization, latest first. ADMIN and OPERATOR " +
      "only; a MEMBER gets the error FORBIDDEN.",
    args: {
      filter: t.arg({ type: AiCallFilter, description: "Filter of the calls; absent: all." }),
    },
    resolve: (_root, { filter, ...page }, { services, caller }) =>
      listAiCalls(services, caller, checkFilter(filter), page),
  }, ...connectionNames("AiCall")));
