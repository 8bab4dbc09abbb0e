import { processQuotes, type ProcessQuotesResult } from "../../src/domain/quotes/process.ts";
import type { Quote } from "../../src/domain/quotes/quote.ts";
import { releaseStaleLocks } from "../../src/domain/quotes/stale_locks.ts";
import { builder } from "../kit/builder.ts";
import { QuoteNode } from "./quote.ts";

/** A quote that a mutation did not change, and the reason. */
export const RefusedQuote = builder
  .objectRef<{ readonly quote: Quote; readonly reason: string }>("RefusedQuote")
  .implement({
    description: "Quote that was not changed.",
    fields: (t) => ({
      quote: t.field({
        type: QuoteNode,
        description: "The quote.",
        resolve: ({ quote }) => quote,
      }),
      reason: t.exposeString("reason", { description: "Reason, for people." }),
    }),
  });

const ProcessQuotesInput = builder.inputType("ProcessQuotesInput", {
  description: "Quotes to process.",
  fields: (t) => ({
    quoteIds: t.idList({
      description: "Ids of quotes: quo_…; absent: the oldest PENDING ones that are not queued.",
    }),
    limit: t.int({
      required: true,
      defaultValue: 10,
      description:
        "Maximum number of quotes without `quoteIds`, 0 to 1,000; 0 only releases stale locks.",
    }),
    force: t.boolean({
      required: true,
      defaultValue: false,
      description:
        "True: without `quoteIds`, takes AI_ERROR quotes, too. With them, also replaces estimates, and " +
        "takes over quotes that are being processed: the earlier processing records nothing.",
    }),
    resend: t.boolean({
      required: true,
      defaultValue: false,
      description: "True: mails the new estimate even if an earlier one was mailed. Needs `force`.",
    }),
  }),
});

const ProcessQuotesPayload = builder.objectRef<ProcessQuotesResult>("ProcessQuotesPayload")
  .implement({
    description: "Quotes that were queued, and those that were not.",
    fields: (t) => ({
      quotes: t.field({
        type: [QuoteNode],
        description: "Quotes that are queued now.",
        resolve: ({ quotes }) => [...quotes],
      }),
      skipped: t.field({
        type: [RefusedQuote],
        description: "Quotes of `quoteIds` that are not queued, with the reasons.",
        resolve: ({ skipped }) => [...skipped],
      }),
    }),
  });

const ReleaseStaleLocksPayload = builder
  .objectRef<{ readonly quotes: readonly Quote[] }>("ReleaseStaleLocksPayload")
  .implement({
    description: "Quotes whose locks were released.",
    fields: (t) => ({
      quotes: t.field({
        type: [QuoteNode],
        description: "Quotes that are PENDING again.",
        resolve: ({ quotes }) => [...quotes],
      }),
    }),
  });

builder.mutationFields((t) => ({
  processQuotes: t.field({
    type: ProcessQuotesPayload,
    nullable: true,
    errors: {},
    description:
      "Queues quotes for the language model, and releases locks that are older than 30 minutes. AI_ERROR " +
      "quotes are taken by id or with `force`; quotes that have an estimate or are being processed only " +
      "by id with `force`. ADMIN and OPERATOR only, else ForbiddenError. Refuses unknown ids with " +
      "NotFoundError, and a limit out of range with InvalidInputError.",
    args: {
      input: t.arg({
        type: ProcessQuotesInput,
        description: "Quotes to process; absent: the 10 oldest PENDING ones.",
      }),
    },
    resolve: (_root, { input }, { services, caller }) =>
      processQuotes(services, caller, input ?? { limit: 10, force: false, resend: false }),
  }),
  releaseStaleLocks: t.field({
    type: ReleaseStaleLocksPayload,
    nullable: true,
    errors: {},
    description:
      "Releases locks of quotes that are older than 30 minutes; a late answer of the model to the earlier " +
      "processing changes nothing. The schedule release-stale-locks does the same daily. ADMIN and " +
      "OPERATOR only, else ForbiddenError.",
    resolve: async (_root, _args, { services, caller }) => ({
      quotes: await releaseStaleLocks(services, caller),
    }),
  }),
}));
