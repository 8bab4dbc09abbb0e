import { AI_CURRENCY } from "../../src/domain/ai_usage/call.ts";
import { type AiPrice, listAiPrices, setAiPrice } from "../../src/domain/ai_usage/prices.ts";
import type { Money } from "../../src/domain/money.ts";
import { builder, type Context } from "../kit/builder.ts";
import { batchLoader } from "../kit/loader.ts";
import { MoneyInput, MoneyObject } from "../kit/money.ts";
import { AiPriceSource } from "./enums.ts";

const pricesByModel = batchLoader(async ({ services }, _models) =>
  Map.groupBy(await listAiPrices(services), ({ model }) => model)
);

/** Returns the first price of a model that is valid now; null: it has none. */
export async function priceOf(context: Context, model: string): Promise<AiPrice | null> {
  return (await pricesByModel(context, model))?.[0] ?? null;
}

/** Price of a model. */
export const AiPriceObject = builder.objectRef<AiPrice>("AiPrice").implement({
  description: "Price of a model per million tokens, for all organizations.",
  fields: (t) => ({
    model: t.exposeString("model", { description: "Name of the model, as it is requested." }),
    source: t.expose("source", { type: AiPriceSource, description: "Origin of the price." }),
    validFrom: t.expose("validFrom", {
      type: "DateTime",
      description: "Time from which calls have this price.",
    }),
    minInputTokens: t.exposeInt("minInputTokens", {
      description:
        "Minimum number of input tokens of a call with this price; some models charge more for " +
        "long inputs.",
    }),
    input: t.field({
      type: MoneyObject,
      description: "Price of a million input tokens.",
      resolve: ({ input }) => usd(input),
    }),
    cachedInput: t.field({
      type: MoneyObject,
      description: "Price of a million input tokens that the server read from its cache.",
      resolve: ({ cachedInput }) => usd(cachedInput),
    }),
    output: t.field({
      type: MoneyObject,
      description: "Price of a million output tokens, including those of reasoning.",
      resolve: ({ output }) => usd(output),
    }),
  }),
});

function usd(amount: string): Money {
  return { amount, currency: AI_CURRENCY };
}

builder.queryField("aiPrices", (t) =>
  t.field({
    type: [AiPriceObject],
    description:
      "Current prices of models, by model. A dated name such as gpt-4.1-2025-04-14 has the price " +
      "of the name without the date, unless it has one of its own.",
    complexity: 20,
    resolve: (_root, _args, { services }) => listAiPrices(services),
  }));

const SetAiPriceInput = builder.inputType("SetAiPriceInput", {
  description: "Price of a model per million tokens; 0 is a price, too.",
  fields: (t) => ({
    model: t.string({
      required: true,
      description: "Name of the model, as it is requested: llama3.2.",
    }),
    input: t.field({
      type: MoneyInput,
      required: true,
      description: "Price of a million input tokens, in USD.",
    }),
    cachedInput: t.field({
      type: MoneyInput,
      description: "Price of a million cached input tokens, in USD; null: as `input`.",
    }),
    output: t.field({
      type: MoneyInput,
      required: true,
      description: "Price of a million output tokens, in USD.",
    }),
    validFrom: t.field({
      type: "DateTime",
      description: "Time from which calls have this price; null: now.",
    }),
  }),
});

const SetAiPricePayload = builder.objectRef<AiPrice>("SetAiPricePayload").implement({
  description: "Price that was set.",
  fields: (t) => ({
    price: t.field({
      type: AiPriceObject,
      description: "Price that was set.",
      resolve: (price) => price,
    }),
  }),
});

builder.mutationField("setAiPrice", (t) =>
  t.field({
    type: SetAiPricePayload,
    nullable: true,
    errors: {},
    description:
      "Sets the price of a model from a date on, for all organizations. Recorded costs stay as they " +
      "are. OPERATOR only, else ForbiddenError. Refuses an amount that is malformed or not in USD " +
      "with InvalidInputError.",
    complexity: 20,
    args: { input: t.arg({ type: SetAiPriceInput, required: true, description: "Price to set." }) },
    resolve: (_root, { input }, { services, caller }) => setAiPrice(services, caller, input),
  }));
