import {
  type AiKindUsage,
  type AiModelUsage,
  type AiPoint,
  type AiTotals,
  type AiUsage,
  readAiSeries,
  readAiUsage,
} from "../../src/domain/ai_usage/usage.ts";
import { checkPeriod, type Period } from "../../src/domain/period.ts";
import { builder } from "../kit/builder.ts";
import { MoneyObject } from "../kit/money.ts";
import { toInt } from "../kit/scalars.ts";
import { seriesArgs } from "../kit/time_bucket.ts";
import { AiCallKind } from "./enums.ts";
import { AiPriceObject, priceOf } from "./price.ts";

/** Sums of calls of the language model. */
export const AiTotalsInterface = builder.interfaceRef<AiTotals>("AiTotals").implement({
  description: "Sums of calls of the language model that have ended.",
  fields: (t) => ({
    callCount: t.int({
      description: "Number of calls.",
      resolve: ({ callCount }) => toInt(callCount),
    }),
    inputTokens: t.exposeFloat("inputTokens", {
      description: "Number of input tokens, including cached ones; may exceed the range of an Int.",
    }),
    cachedInputTokens: t.exposeFloat("cachedInputTokens", {
      description: "Number of input tokens that the server read from its cache.",
    }),
    outputTokens: t.exposeFloat("outputTokens", {
      description: "Number of output tokens, including those of reasoning.",
    }),
    reasoningTokens: t.exposeFloat("reasoningTokens", {
      description: "Number of output tokens that were used for reasoning.",
    }),
    cost: t.field({
      type: MoneyObject,
      nullable: true,
      description: "Sum of the known costs; null if there are calls, but none has a known cost.",
      resolve: ({ cost }) => cost,
    }),
    unknownCostCount: t.int({
      description:
        "Number of calls with unknown cost, which are not in `cost`: the model has no price (see " +
        "`setAiPrice`), or the server reported no token counts.",
      resolve: ({ unknownCostCount }) => toInt(unknownCostCount),
    }),
    failed: t.int({
      description:
        "Number of calls that failed, including those that timed out or had an invalid answer.",
      resolve: ({ failed }) => toInt(failed),
    }),
    timedOut: t.int({
      description: "Number of calls that timed out.",
      resolve: ({ timedOut }) => toInt(timedOut),
    }),
  }),
});

const AiKindUsageObject = builder.objectRef<AiKindUsage>("AiKindUsage").implement({
  description: "Calls of one kind in a period.",
  interfaces: [AiTotalsInterface],
  fields: (t) => ({
    kind: t.expose("kind", { type: AiCallKind, description: "Purpose of the calls." }),
  }),
});

const AiModelUsageObject = builder.objectRef<AiModelUsage>("AiModelUsage").implement({
  description: "Calls of one model in a period.",
  interfaces: [AiTotalsInterface],
  fields: (t) => ({
    model: t.exposeString("model", { description: "Name of the model, as it was requested." }),
    price: t.field({
      type: AiPriceObject,
      nullable: true,
      description:
        "Current price, for short inputs if it depends on their length; null if the model has " +
        "none.",
      complexity: 5,
      resolve: ({ model }, _args, context) => priceOf(context, model),
    }),
  }),
});

const AiPointObject = builder.objectRef<AiPoint>("AiPoint").implement({
  description: "Calls in one interval of a series.",
  interfaces: [AiTotalsInterface],
  fields: (t) => ({
    at: t.expose("at", { type: "DateTime", description: "Start of the interval." }),
  }),
});

interface UsageOfPeriod extends AiUsage {
  readonly period: Period;
}

const AiUsageObject = builder.objectRef<UsageOfPeriod>("AiUsage").implement({
  description: "Usage of the language model by an organization in a period.",
  interfaces: [AiTotalsInterface],
  fields: (t) => ({
    byKind: t.field({
      type: [AiKindUsageObject],
      description: "Usage by purpose, most expensive first; kinds without calls are left out.",
      resolve: ({ byKind }) => [...byKind],
    }),
    byModel: t.field({
      type: [AiModelUsageObject],
      description: "Usage by model, most expensive first.",
      resolve: ({ byModel }) => [...byModel],
    }),
    series: t.field({
      type: [AiPointObject],
      description:
        "Usage over time, oldest interval first, empty intervals included. The resolution is 15 " +
        "minutes. More than 2,000 intervals are an InvalidInputError.",
      complexity: 20,
      args: seriesArgs,
      resolve: ({ period }, { bucket, timezone }, { services, caller }) =>
        readAiSeries(services, caller, period, bucket, timezone ?? "UTC"),
    }),
  }),
});

builder.queryField("aiUsage", (t) =>
  t.field({
    type: AiUsageObject,
    description:
      "Usage of the language model by the caller's organization in a period: calls that began in it " +
      "and have ended. It is kept for 400 days. ADMIN and OPERATOR only; a MEMBER gets the error " +
      "FORBIDDEN.",
    complexity: 20,
    args: {
      from: t.arg({
        type: "DateTime",
        required: true,
        description: "Start of the period, rounded down to a quarter of an hour.",
      }),
      to: t.arg({
        type: "DateTime",
        required: true,
        description: "End of the period, exclusive; must be later than `from`.",
      }),
    },
    resolve: async (_root, period, { services, caller }) => {
      checkPeriod(period);
      return { ...await readAiUsage(services, caller, period), period };
    },
  }));
