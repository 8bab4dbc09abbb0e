import { promptsById } from "../../src/domain/prompts/find.ts";
import { AI_CURRENCY } from "../../src/domain/ai_usage/call.ts";
import { suggestionsById } from "../../src/domain/inbox/find.ts";
import { sourcesOf, type SuggestionSource } from "../../src/domain/inbox/sources.ts";
import type { Suggestion } from "../../src/domain/inbox/suggestion.ts";
import { toTypeId } from "../../src/domain/id.ts";
import { moneyOf } from "../../src/domain/money.ts";
import { JobNode } from "../jobs/job.ts";
import { builder } from "../kit/builder.ts";
import { batchLoader } from "../kit/loader.ts";
import { MoneyObject } from "../kit/money.ts";
import { Shortcoming, SuggestionOutcomeKind, SuggestionStatus } from "./enums.ts";

/** A suggested reply. */
export const SuggestionNode = builder.loadableNodeRef("Suggestion", {
  id: { resolve: ({ id }: Suggestion) => id },
  load: (ids: string[], { services, caller }) => suggestionsById(services, caller, ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

const ModelUsageObject = builder.objectRef<Suggestion>("ModelUsage").implement({
  description: "Tokens and cost of the answer of the language model.",
  fields: (t) => ({
    inputTokens: t.int({
      description: "Number of input tokens.",
      resolve: ({ inputTokens }) => inputTokens ?? 0,
    }),
    outputTokens: t.int({
      description: "Number of output tokens, including those of reasoning.",
      resolve: ({ outputTokens }) => outputTokens ?? 0,
    }),
    cost: t.field({
      type: MoneyObject,
      nullable: true,
      description: "Cost of all requests; null if the model has no price.",
      resolve: ({ costMicros }) =>
        costMicros === null ? null : moneyOf(BigInt(costMicros), AI_CURRENCY),
    }),
  }),
});

const SuggestionSourceObject = builder.objectRef<SuggestionSource>("SuggestionSource").implement({
  description: "Fact, order or mail that a suggested reply is based on.",
  fields: (t) => ({
    text: t.exposeString("text", {
      description: "Short text of it, as it was when the reply was written.",
    }),
    node: t.node({
      description: "The fact, order or mail; null if it is deleted.",
      id: ({ noun, id }) => toTypeId(noun, id),
    }),
  }),
});

const SuggestionOutcomeObject = builder.objectRef<Suggestion>("SuggestionOutcome").implement({
  description: "Outcome of a suggested reply, compared with the reply that was sent.",
  fields: (t) => ({
    kind: t.field({
      type: SuggestionOutcomeKind,
      description: "Kind of the outcome.",
      resolve: ({ outcome }) => outcome ?? "UNUSED",
    }),
    similarity: t.exposeFloat("similarity", {
      nullable: true,
      description:
        "Share of the text that was sent unchanged, 0 to 1, without quotes and signature; null if it " +
        "was not compared.",
    }),
    shortcomings: t.field({
      type: [Shortcoming],
      description: "Shortcomings; empty if none.",
      resolve: ({ shortcomings }) => [...shortcomings],
    }),
  }),
});

const RatingObject = builder.objectRef<Suggestion>("Rating").implement({
  description: "Rating of a suggested reply by a person.",
  fields: (t) => ({
    good: t.boolean({
      description: "True: thumbs up; false: thumbs down.",
      resolve: ({ ratingGood }) => ratingGood === true,
    }),
    comment: t.exposeString("ratingComment", {
      nullable: true,
      description: "Comment; null if none.",
    }),
    at: t.field({
      type: "DateTime",
      description: "Time of the rating.",
      resolve: ({ ratedAt, createdAt }) => ratedAt ?? createdAt,
    }),
  }),
});

const loadSources = batchLoader(({ services, caller: { organizationId } }, ids) =>
  sourcesOf(services, organizationId, ids)
);

const loadVersion = batchLoader(async ({ services, caller }, ids) => {
  const prompts = await promptsById(services, caller, ids);
  return new Map(prompts.map(({ id, version }) => [id, version]));
});

SuggestionNode.implement({
  description:
    "Suggested reply to the newest mail of a thread. It is sent only by `sendReply`. A thread gets a new " +
    "suggestion when a further mail arrives, and by `regenerateSuggestions`.",
  fields: (t) => ({
    status: t.expose("status", { type: SuggestionStatus, description: "State of the suggestion." }),
    text: t.exposeString("text", {
      description: "Suggested text; while WRITING, the part written so far.",
    }),
    editedText: t.exposeString("editedText", {
      nullable: true,
      description: "Text edited by a person, which is never replaced; null if not edited.",
    }),
    sentText: t.exposeString("sentText", {
      nullable: true,
      description: "Text as it was sent; null if it was not sent.",
    }),
    fallbackReason: t.exposeString("fallbackReason", {
      nullable: true,
      description: "Reason why the text is from a template, as one sentence; null otherwise.",
    }),
    noDraftReason: t.exposeString("noDraftReason", {
      nullable: true,
      description: "Reason why there is no text, as one sentence; null otherwise.",
    }),
    confidence: t.exposeFloat("confidence", {
      nullable: true,
      description: "Confidence of the model, 0 to 1; null if it did not answer.",
    }),
    missing: t.stringList({
      description:
        "Facts that the model did not know; the text has placeholders for them in square brackets.",
      resolve: ({ missing }) => [...missing],
    }),
    sources: t.field({
      type: [SuggestionSourceObject],
      description: "Facts, orders and mails that it is based on, most important first.",
      resolve: async ({ id }, _args, context) => await loadSources(context, id) ?? [],
    }),
    topic: t.exposeString("topic", {
      nullable: true,
      description: "Topic of the mail, as the model named it; null if none.",
    }),
    instruction: t.exposeString("instruction", {
      nullable: true,
      description: "Instruction given to `regenerateSuggestions`; null if none.",
    }),
    promptVersion: t.int({
      nullable: true,
      description: "Version of the prompt `reply` that wrote it; null if the model did not answer.",
      resolve: ({ promptId }, _args, context) =>
        promptId === null ? null : loadVersion(context, promptId),
    }),
    model: t.exposeString("model", {
      nullable: true,
      description: "Model that wrote it; null if none did.",
    }),
    usage: t.field({
      type: ModelUsageObject,
      nullable: true,
      description:
        "Tokens and cost; null if the model did not answer or the server reported no token " +
        "counts.",
      resolve: (suggestion) => suggestion.inputTokens === null ? null : suggestion,
    }),
    job: t.field({
      type: JobNode,
      nullable: true,
      description: "Job that writes it; null if it was deleted, or is not visible to a MEMBER.",
      resolve: ({ jobId }) => jobId,
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "Time of the request." }),
    writtenAt: t.expose("writtenAt", {
      type: "DateTime",
      nullable: true,
      description: "Time at which the text was complete; null if it is not.",
    }),
    outcome: t.field({
      type: SuggestionOutcomeObject,
      nullable: true,
      description: "Outcome; null until the thread is answered or a newer suggestion replaces it.",
      resolve: (suggestion) => suggestion.outcome === null ? null : suggestion,
    }),
    rating: t.field({
      type: RatingObject,
      nullable: true,
      description: "Rating by a person; null if none.",
      resolve: (suggestion) => suggestion.ratingGood === null ? null : suggestion,
    }),
  }),
});
