import { builder } from "../kit/builder.ts";

export const QuoteStatus = builder.enumType("QuoteStatus", {
  description: "State of a quote.",
  values: {
    PENDING: { description: "Waits to be processed." },
    AI_PROCESSING: { description: "A job asks the model, or waits to do so, and holds the lock." },
    AI_QUOTED: { description: "The estimate was made." },
    AI_ERROR: { description: "The model made no estimate; see `error`." },
  },
});

export const QuoteEmailFailed = builder.enumType("QuoteEmailFailed", {
  description: "Mail of a quote that has failed.",
  values: {
    CUSTOMER: { description: "The mail to the customer." },
    ADMIN: { description: "The mail to the admin." },
    ANY: { description: "At least one of the two." },
  },
});
