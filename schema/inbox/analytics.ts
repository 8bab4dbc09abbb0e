import {
  type OutcomeCount,
  type PromptQuality,
  type QualityPoint,
  readQualitySeries,
  readSuggestionQuality,
  type ShortcomingCount,
  type SuggestionQuality,
  type SuggestionTotals,
  type TopicQuality,
} from "../../src/domain/inbox/analytics.ts";
import { countRatings, findRated, type RatingTotals } from "../../src/domain/inbox/ratings.ts";
import { checkPeriod, type Period } from "../../src/domain/period.ts";
import { builder } from "../kit/builder.ts";
import { MoneyObject } from "../kit/money.ts";
import { seriesArgs } from "../kit/time_bucket.ts";
import { PromptNode } from "../prompts/prompt.ts";
import { Shortcoming, SuggestionOutcomeKind } from "./enums.ts";
import { SuggestionNode } from "./suggestion.ts";

const SuggestionTotalsInterface = builder.interfaceRef<SuggestionTotals>("SuggestionTotals")
  .implement({
    description:
      "Totals of the suggested replies whose thread was answered; UNUSED ones do not count.",
    fields: (t) => ({
      count: t.exposeInt("count", { description: "Number of suggestions." }),
      sentAsItWasFraction: t.exposeFloat("sentAsItWasFraction", {
        nullable: true,
        description: "Share of them that was sent unchanged, 0 to 1; null if there are none.",
      }),
      meanSimilarity: t.exposeFloat("meanSimilarity", {
        nullable: true,
        description: "Mean of `SuggestionOutcome.similarity`, 0 to 1; null if none had a text.",
      }),
      cost: t.field({
        type: MoneyObject,
        description: "Sum of the known costs of their calls.",
        resolve: ({ cost }) => cost,
      }),
    }),
  });

const PromptQualityObject = builder.objectRef<PromptQuality>("PromptQuality").implement({
  description: "Quality of the suggested replies of one version of the prompt and one model.",
  interfaces: [SuggestionTotalsInterface],
  fields: (t) => ({
    promptVersion: t.exposeInt("promptVersion", {
      nullable: true,
      description: "Version of the prompt `reply`; null if they were not written by a model.",
    }),
    prompt: t.field({
      type: PromptNode,
      nullable: true,
      description: "Text of this version; null if they were not written by a model.",
      resolve: ({ promptId }) => promptId,
    }),
    model: t.exposeString("model", {
      nullable: true,
      description: "Model that wrote them; null if they were not written by a model.",
    }),
  }),
});

const TopicQualityObject = builder.objectRef<TopicQuality>("TopicQuality").implement({
  description: "Quality of the suggested replies about one topic.",
  interfaces: [SuggestionTotalsInterface],
  fields: (t) => ({
    topic: t.exposeString("topic", { description: "Topic, as the model named it." }),
  }),
});

const OutcomeCountObject = builder.objectRef<OutcomeCount>("SuggestionOutcomeCount").implement({
  description: "Number of suggested replies with one outcome.",
  fields: (t) => ({
    outcome: t.expose("outcome", {
      type: SuggestionOutcomeKind,
      description: "Outcome of these suggestions.",
    }),
    count: t.exposeInt("count", { description: "Number of suggestions." }),
  }),
});

const ShortcomingCountObject = builder.objectRef<ShortcomingCount>("ShortcomingCount").implement({
  description: "Number of suggested replies with one shortcoming.",
  fields: (t) => ({
    shortcoming: t.expose("shortcoming", {
      type: Shortcoming,
      description: "Shortcoming of these suggestions.",
    }),
    count: t.exposeInt("count", { description: "Number of suggestions." }),
  }),
});

const RatingTotalsObject = builder.objectRef<RatingTotals>("RatingTotals").implement({
  description: "Number of ratings by kind.",
  fields: (t) => ({
    good: t.exposeInt("good", { description: "Number of thumbs up." }),
    bad: t.exposeInt("bad", { description: "Number of thumbs down." }),
  }),
});

const QualityPointObject = builder.objectRef<QualityPoint>("SuggestionQualityPoint").implement({
  description: "Quality of the suggested replies whose threads were answered in one interval.",
  fields: (t) => ({
    at: t.expose("at", { type: "DateTime", description: "Start of the interval." }),
    count: t.exposeInt("count", { description: "Number of suggestions." }),
    sentAsItWas: t.exposeInt("sentAsItWas", { description: "Number that was sent unchanged." }),
    edited: t.exposeInt("edited", { description: "Number that was sent with changes." }),
    answeredWithout: t.exposeInt("answeredWithout", {
      description: "Number whose thread was answered with another text.",
    }),
    meanSimilarity: t.exposeFloat("meanSimilarity", {
      nullable: true,
      description: "Mean of `SuggestionOutcome.similarity`, 0 to 1; null if none had a text.",
    }),
  }),
});

const RatingsObject = builder.objectRef<Period>("SuggestionRatings").implement({
  description: "Ratings of suggested replies that people gave in a period, whatever their outcome.",
  fields: (t) => ({
    totals: t.field({
      type: RatingTotalsObject,
      description: "Number of thumbs up and down.",
      resolve: (period, _args, { services, caller }) => countRatings(services, caller, period),
    }),
    newest: t.field({
      type: [SuggestionNode],
      description: "Rated suggestions, newest rating first, at most 50.",
      complexity: 20,
      resolve: (period, _args, { services, caller }) => findRated(services, caller, period),
    }),
  }),
});

interface QualityOfPeriod extends SuggestionQuality {
  readonly period: Period;
}

const SuggestionAnalytics = builder.objectRef<QualityOfPeriod>("SuggestionAnalytics").implement({
  description: "Quality of suggested replies, measured against the replies that were sent.",
  interfaces: [SuggestionTotalsInterface],
  fields: (t) => ({
    outcomes: t.field({
      type: [OutcomeCountObject],
      description: "Number by outcome; outcomes without suggestions are left out.",
      resolve: ({ outcomes }) => [...outcomes],
    }),
    series: t.field({
      type: [QualityPointObject],
      description:
        "Quality over time, oldest interval first, empty intervals included. More than 2,000 " +
        "intervals are an InvalidInputError.",
      complexity: 20,
      args: seriesArgs,
      resolve: ({ period }, { bucket, timezone }, { services, caller }) =>
        readQualitySeries(services, caller, period, bucket, timezone ?? "UTC"),
    }),
    byPrompt: t.field({
      type: [PromptQualityObject],
      description: "By version of the prompt and model, most suggestions first.",
      resolve: ({ byPrompt }) => [...byPrompt],
    }),
    byTopic: t.field({
      type: [TopicQualityObject],
      description: "By topic, most suggestions first, at most 50.",
      resolve: ({ byTopic }) => [...byTopic],
    }),
    shortcomings: t.field({
      type: [ShortcomingCountObject],
      description: "Shortcomings of those that were edited, most frequent first.",
      resolve: ({ shortcomings }) => [...shortcomings],
    }),
    ratings: t.field({
      type: RatingsObject,
      description: "Ratings that people gave in the period.",
      resolve: ({ period }) => period,
    }),
  }),
});

builder.queryField("suggestionAnalytics", (t) =>
  t.field({
    type: SuggestionAnalytics,
    description:
      "Quality of the suggested replies whose threads were answered in a period, of the caller's " +
      "organization.",
    complexity: 20,
    args: {
      from: t.arg({
        type: "DateTime",
        required: true,
        description: "Start of the period, rounded down to a minute.",
      }),
      to: t.arg({
        type: "DateTime",
        required: true,
        description: "End of the period, exclusive; must be later than `from`.",
      }),
    },
    resolve: async (_root, period, { services, caller }) => {
      checkPeriod(period);
      return { ...await readSuggestionQuality(services, caller, period), period };
    },
  }));
