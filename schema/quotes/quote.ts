import { quotesById } from "../../src/domain/quotes/find.ts";
import { findImages, type QuoteImage } from "../../src/domain/quotes/images.ts";
import type { MailChanges } from "../../src/domain/quotes/live_mails.ts";
import type { Quote } from "../../src/domain/quotes/quote.ts";
import { DeliveryNode } from "../deliveries/delivery.ts";
import { JobErrorObject } from "../jobs/error.ts";
import { JobNode } from "../jobs/job.ts";
import { builder } from "../kit/builder.ts";
import { batchLoader } from "../kit/loader.ts";
import { PromptNode } from "../prompts/prompt.ts";
import { QuoteStatus } from "./enums.ts";
import { EstimateObject } from "./estimate.ts";
import { QuoteImageNode } from "./image.ts";

/** A quote, with the images that were read together with it; otherwise they are read on demand. */
export interface QuoteState extends Quote {
  /** Absent: not read. */
  readonly images?: readonly QuoteImage[];
  /** Absent: not read. */
  readonly mailChanges?: MailChanges;
}

/** A quote: a request of a customer, and the estimate of it. */
export const QuoteNode = builder.loadableNodeRef("Quote", {
  id: { resolve: ({ id }: QuoteState) => id },
  load: (ids: string[], { services, caller }): Promise<QuoteState[]> =>
    quotesById(services, caller, ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

const loadImages = batchLoader(async ({ services }, ids) =>
  Map.groupBy(await findImages(services, ids), ({ quoteId }) => quoteId)
);

const QuoteCustomerObject = builder.objectRef<Quote>("QuoteCustomer").implement({
  description: "Customer of a quote, as the request names it.",
  fields: (t) => ({
    name: t.exposeString("customerName", { description: "Name of the customer." }),
    email: t.exposeString("customerEmail", { description: "Email address of the customer." }),
  }),
});

const ProcessingLockObject = builder.objectRef<Quote>("ProcessingLock").implement({
  description: "Lock of a quote that is processed: only its holder may record a result.",
  fields: (t) => ({
    token: t.string({
      description: "Fence of the job, new for each processing.",
      resolve: ({ lockToken }) => `${lockToken}`,
    }),
    since: t.field({
      type: "DateTime",
      description: "Time at which the processing was started.",
      resolve: ({ lockedAt, createdAt }) => lockedAt ?? createdAt,
    }),
    stale: t.exposeBoolean("lockStale", {
      description: "True if it is older than 30 minutes: the next run or request releases it.",
    }),
    job: t.field({
      type: JobNode,
      nullable: true,
      description: "Job that holds it; null if it was deleted, or is not visible to a MEMBER.",
      resolve: ({ jobId }) => jobId,
    }),
  }),
});

QuoteNode.implement({
  description:
    "Quote: a request of a customer, the estimate that the language model makes of it, and the mails " +
    "to the customer and the admin.",
  fields: (t) => ({
    status: t.expose("status", { type: QuoteStatus, description: "State of the quote." }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "Time of creation." }),
    customer: t.field({
      type: QuoteCustomerObject,
      description: "Customer who gets the estimate.",
      resolve: (quote) => quote,
    }),
    request: t.exposeString("request", { description: "Request in the words of the customer." }),
    imageUrls: t.field({
      type: ["URL"],
      description:
        "URLs of images, which only the model server fetches. `images` lists uploaded ones, too.",
      resolve: async (quote, _args, context) =>
        (await imagesOf(quote, context)).flatMap(({ url }) => url ?? []),
    }),
    images: t.field({
      type: [QuoteImageNode],
      description: "All images, by URL and uploaded, at most 8 together.",
      resolve: async (quote, _args, context) => [...await imagesOf(quote, context)],
    }),
    processingLock: t.field({
      type: ProcessingLockObject,
      nullable: true,
      description: "Lock of the processing; null while it is not processed.",
      resolve: (quote) => quote.lockToken === null ? null : quote,
    }),
    aiProcessingStartedAt: t.expose("aiProcessingStartedAt", {
      type: "DateTime",
      nullable: true,
      description: "Start of the latest processing; null if there was none.",
    }),
    aiProcessedAt: t.expose("aiProcessedAt", {
      type: "DateTime",
      nullable: true,
      description: "Time of the latest estimate or failure; null if there was none.",
    }),
    estimate: t.expose("estimate", {
      type: EstimateObject,
      nullable: true,
      description: "Latest estimate; null if there is none.",
    }),
    prompt: t.field({
      type: PromptNode,
      nullable: true,
      description: "Version of the prompt that made the estimate; null if there is none.",
      resolve: ({ promptId }) => promptId,
    }),
    error: t.field({
      type: JobErrorObject,
      nullable: true,
      description: "Reason why the model made no estimate; null unless AI_ERROR.",
      resolve: ({ errorType, errorCode, errorMessage }) =>
        errorType === null
          ? null
          : { type: errorType, code: errorCode, message: errorMessage ?? "" },
    }),
    customerDelivery: t.field({
      type: DeliveryNode,
      nullable: true,
      description: "Latest mail to the customer; null before the first one.",
      resolve: ({ customerDeliveryId }) => customerDeliveryId,
    }),
    adminDelivery: t.field({
      type: DeliveryNode,
      nullable: true,
      description: "Latest mail to the admin; null before the first one, and if none is created.",
      resolve: ({ adminDeliveryId }) => adminDeliveryId,
    }),
    adminSkipped: t.exposeString("adminSkipped", {
      nullable: true,
      description: "Reason why no mail to the admin was created; null otherwise.",
    }),
  }),
});

async function imagesOf(
  { id, images }: QuoteState,
  context: Parameters<typeof loadImages>[0],
): Promise<readonly QuoteImage[]> {
  return images ?? await loadImages(context, id) ?? [];
}
