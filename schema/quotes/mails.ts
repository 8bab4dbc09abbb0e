import {
  retryQuoteEmails,
  type RetryQuoteEmailsResult,
} from "../../src/domain/quotes/retry_mails.ts";
import { builder } from "../kit/builder.ts";
import { RefusedQuote } from "./processing.ts";
import { QuoteNode } from "./quote.ts";

const QuoteEmailType = builder.enumType("QuoteEmailType", {
  description: "Mails of a quote.",
  values: {
    CUSTOMER: { description: "The mail to the customer." },
    ADMIN: { description: "The mail to the admin." },
    BOTH: { description: "Both mails." },
  },
});

const RetryQuoteEmailsInput = builder.inputType("RetryQuoteEmailsInput", {
  description: "Failed mails to retry.",
  fields: (t) => ({
    quoteIds: t.idList({
      description: "Ids of quotes: quo_…; absent: those whose mails failed first.",
    }),
    type: t.field({
      type: QuoteEmailType,
      required: true,
      defaultValue: "BOTH",
      description: "Mails to retry.",
    }),
    limit: t.int({
      required: true,
      defaultValue: 50,
      description: "Maximum number of mails, 1 to 1,000.",
    }),
    maxAttempts: t.int({
      required: true,
      defaultValue: 3,
      description: "Mails with fewer attempts are retried, 1 to 10.",
    }),
  }),
});

const RetryQuoteEmailsPayload = builder.objectRef<RetryQuoteEmailsResult>("RetryQuoteEmailsPayload")
  .implement({
    description: "Mails that were queued, and those that were not.",
    fields: (t) => ({
      queuedCount: t.exposeInt("queuedCount", { description: "Number of queued mails." }),
      quotes: t.field({
        type: [QuoteNode],
        description: "Quotes of the queued mails.",
        resolve: ({ quotes }) => [...quotes],
      }),
      refused: t.field({
        type: [RefusedQuote],
        description:
          "Quotes of `quoteIds` with a mail that is not retried; one entry for each mail.",
        resolve: ({ refused }) => [...refused],
      }),
    }),
  });

builder.mutationField("retryQuoteEmails", (t) =>
  t.field({
    type: RetryQuoteEmailsPayload,
    nullable: true,
    errors: {},
    description:
      "Retries failed mails of quotes: the first one at once, and each further one 2 s after the one " +
      "before. Mails that were sent or are UNKNOWN are not sent again. ADMIN and OPERATOR only, else " +
      "ForbiddenError. Refuses unknown ids with NotFoundError, and numbers out of range with " +
      "InvalidInputError.",
    args: {
      input: t.arg({
        type: RetryQuoteEmailsInput,
        description: "Mails to retry; absent: up to 50 mails that have had fewer than 3 attempts.",
      }),
    },
    resolve: (_root, { input }, { services, caller }) =>
      retryQuoteEmails(services, caller, input ?? { type: "BOTH", limit: 50, maxAttempts: 3 }),
  }));
