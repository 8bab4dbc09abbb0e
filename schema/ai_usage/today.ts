import type { AiToday } from "../../src/domain/ai_usage/today.ts";
import { updateBudget } from "../../src/domain/ai_usage/update_budget.ts";
import { type Overview, overviewFor } from "../../src/domain/overview/overview.ts";
import { builder } from "../kit/builder.ts";
import { MoneyInput, MoneyObject } from "../kit/money.ts";
import { OverviewNode } from "../overview/overview.ts";
import { AiTotalsInterface } from "./usage.ts";

const AiOverviewObject = builder.objectRef<AiToday>("AiOverview").implement({
  description: "Calls of the language model in the current day of the budget, and the budget.",
  interfaces: [AiTotalsInterface],
  fields: (t) => ({
    running: t.exposeInt("running", { description: "Number of running calls." }),
    budget: t.field({
      type: MoneyObject,
      nullable: true,
      description: "Limit per day; null: none.",
      resolve: ({ budget }) => budget,
    }),
    spent: t.field({
      type: MoneyObject,
      nullable: true,
      description:
        "Part of the budget that is spent. A call with unknown cost counts with its upper bound, " +
        "so `spent` can exceed `cost`. Null without a budget.",
      resolve: ({ spent }) => spent,
    }),
    reserved: t.field({
      type: MoneyObject,
      nullable: true,
      description:
        "Part of the budget that is reserved for running calls: the sum of the upper bounds of " +
        "their costs. Null without a budget.",
      resolve: ({ reserved }) => reserved,
    }),
    pausedUntil: t.expose("pausedUntil", {
      type: "DateTime",
      nullable: true,
      description:
        "Time until which calls that exceed the budget are refused and their jobs wait: midnight, " +
        "or earlier after `updateBudget`. Null if no call was refused today.",
    }),
    warnAtFraction: t.exposeFloat("warnAtFraction", {
      description: "Share of the budget at which ADMINs are notified, 0 to 1.",
    }),
    timezone: t.exposeString("timezone", { description: "Time zone of the days." }),
    timezoneSet: t.exposeBoolean("timezoneSet", {
      description:
        "True if `timezone` was set for the budget; false if it is that of the organization.",
    }),
    dayStart: t.expose("dayStart", { type: "DateTime", description: "Start of the day." }),
    dayEnd: t.expose("dayEnd", { type: "DateTime", description: "End of the day." }),
  }),
});

builder.objectField(OverviewNode, "ai", (t) =>
  t.field({
    type: AiOverviewObject,
    description: "Calls of the language model today, and their budget.",
    complexity: 5,
    resolve: ({ ai }) => ai(),
  }));

const UpdateBudgetInput = builder.inputType("UpdateBudgetInput", {
  description: "Changes of a budget; an absent field keeps its value.",
  fields: (t) => ({
    perDay: t.field({
      type: MoneyInput,
      description: "Limit per day in USD; null removes it.",
    }),
    warnAtFraction: t.float({
      description: "Share of the limit at which ADMINs are notified, above 0, up to 1; null: 0.8.",
    }),
    timezone: t.string({
      description:
        "IANA time zone that the days begin in: Europe/Berlin; null: that of the organization.",
    }),
  }),
});

const UpdateBudgetPayload = builder.objectRef<Overview>("UpdateBudgetPayload").implement({
  description: "Object that shows the budget.",
  fields: (t) => ({
    overview: t.field({
      type: OverviewNode,
      description: "Overview of the organization with its budget.",
      resolve: (overview) => overview,
    }),
  }),
});

builder.mutationField("updateBudget", (t) =>
  t.field({
    type: UpdateBudgetPayload,
    nullable: true,
    errors: {},
    description:
      "Changes the daily budget of the organization for the language model, and starts the jobs that " +
      "wait for it. Under a budget, calls of a model without a price are refused. ADMIN only, else " +
      "ForbiddenError. Refuses a malformed amount, another currency than USD and an unknown time zone " +
      "with InvalidInputError.",
    complexity: 50,
    args: {
      input: t.arg({ type: UpdateBudgetInput, required: true, description: "Settings to change." }),
    },
    resolve: async (_root, { input }, { services, caller }) => {
      await updateBudget(services, caller, input);
      return overviewFor(services, caller);
    },
  }));
