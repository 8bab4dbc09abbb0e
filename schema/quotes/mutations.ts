import { createQuote } from "../../src/domain/quotes/create.ts";
import type { Quote } from "../../src/domain/quotes/quote.ts";
import { JobNode } from "../jobs/job.ts";
import { builder } from "../kit/builder.ts";
import { QuoteNode } from "./quote.ts";

const QuoteCustomerInput = builder.inputType("QuoteCustomerInput", {
  description: "Customer of a new quote, who becomes a contact.",
  fields: (t) => ({
    name: t.string({ required: true, description: "Name, 1 to 200 characters." }),
    email: t.string({ required: true, description: "Email address." }),
  }),
});

const CreateQuoteInput = builder.inputType("CreateQuoteInput", {
  description: "Request for a quote.",
  fields: (t) => ({
    customer: t.field({
      type: QuoteCustomerInput,
      required: true,
      description: "Customer who gets the estimate.",
    }),
    request: t.string({
      required: true,
      description: "Request in the words of the customer, 1 to 20,000 characters.",
    }),
    imageUrls: t.field({
      type: ["URL"],
      description:
        "At most 8 https URLs of images. Only the model server fetches them. URLs in a private " +
        "network are refused.",
    }),
    process: t.boolean({
      required: true,
      defaultValue: true,
      description:
        "True: queues its job at once. False: leaves it PENDING, so that images can be uploaded; " +
        "`processQuotes` or the schedule process-quotes queues its job.",
    }),
    idempotencyKey: t.string({
      description:
        "Key of the request, 1 to 200 characters: a second call returns the first quote.",
    }),
  }),
});

const CreateQuotePayload = builder
  .objectRef<{ quote: Quote; created: boolean }>("CreateQuotePayload")
  .implement({
    description: "Quote that was created or found.",
    fields: (t) => ({
      quote: t.field({
        type: QuoteNode,
        description: "New quote, or the earlier one with this idempotency key.",
        resolve: ({ quote }) => quote,
      }),
      job: t.field({
        type: JobNode,
        nullable: true,
        description: "Job that processes it; null with `process: false`.",
        resolve: ({ quote: { jobId } }) => jobId,
      }),
      created: t.exposeBoolean("created", {
        description: "False if an earlier quote has this idempotency key.",
      }),
    }),
  });

builder.mutationField("createQuote", (t) =>
  t.field({
    type: CreateQuotePayload,
    nullable: true,
    errors: {},
    description: "Creates a quote from a request of a customer. ADMIN and OPERATOR only, else " +
      "ForbiddenError. Refuses invalid fields with InvalidInputError, and an idempotency key that " +
      "was used for another request with ConflictError.",
    args: {
      input: t.arg({ type: CreateQuoteInput, required: true, description: "The request." }),
    },
    resolve: (_root, { input }, { services, caller }) => createQuote(services, caller, input),
  }));
