import type { QuoteStats } from "../../src/domain/quotes/stats.ts";
import type { QuoteStatus as Status } from "../../src/domain/quotes/quote.ts";
import { builder } from "../kit/builder.ts";
import { QuoteStatus } from "../quotes/enums.ts";
import { OverviewNode } from "./overview.ts";

const QuoteStatusCount = builder
  .objectRef<{ readonly status: Status; readonly count: number }>("QuoteStatusCount").implement({
    description: "Number of quotes in one state.",
    fields: (t) => ({
      status: t.expose("status", { type: QuoteStatus, description: "State of the quotes." }),
      count: t.exposeInt("count", { description: "Number of quotes." }),
    }),
  });

const QuoteStatsObject = builder.objectRef<QuoteStats>("QuoteStats").implement({
  description: "Numbers of quotes, and of their mails.",
  fields: (t) => ({
    byStatus: t.field({
      type: [QuoteStatusCount],
      description: "Quotes by state, all states.",
      resolve: ({ byStatus }) => [...byStatus],
    }),
    customerSent: t.exposeInt("customerSent", {
      description: "Number of mails to customers that were sent.",
    }),
    customerFailed: t.exposeInt("customerFailed", {
      description: "Number of mails to customers that failed.",
    }),
    adminSent: t.exposeInt("adminSent", {
      description: "Number of mails to the admin that were sent.",
    }),
    adminFailed: t.exposeInt("adminFailed", {
      description: "Number of mails to the admin that failed.",
    }),
    needRetry: t.exposeInt("needRetry", {
      description: "Number of failed mails that the schedule retry-quote-emails still retries.",
    }),
    retrySuccessFraction: t.exposeFloat("retrySuccessFraction", {
      nullable: true,
      description: "Share of the retried mails that were sent, 0 to 1; null if none was retried.",
    }),
  }),
});

builder.objectField(OverviewNode, "quotes", (t) =>
  t.field({
    type: QuoteStatsObject,
    description: "Quotes by state, and their mails.",
    complexity: 5,
    resolve: ({ quotes }) => quotes(),
  }));
