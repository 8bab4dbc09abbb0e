import type { WebhookAttempt, WebhookCall } from "../../src/domain/webhooks/call.ts";
import { findCalls, readAttempts } from "../../src/domain/webhooks/find.ts";
import type { JobError } from "../../src/domain/jobs/job.ts";
import { JobErrorObject } from "../jobs/error.ts";
import { builder } from "../kit/builder.ts";
import { lookupId } from "../kit/global_id.ts";
import { batchLoader } from "../kit/loader.ts";
import { WebhookCallStatus, WebhookEvent } from "./enums.ts";

/** A call of a webhook endpoint. */
export const WebhookCallNode = builder.loadableNodeRef("WebhookCall", {
  id: { resolve: ({ id }: WebhookCall) => id },
  load: (ids: string[], { services, caller }) => findCalls(services, caller, ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

/** Fields of the last error of an endpoint, a call or an attempt. */
interface StoredError {
  readonly errorType: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
}

/** Returns the error in a row; null if it has none. */
export function webhookErrorOf(
  { errorType: type, errorCode: code, errorMessage }: StoredError,
): JobError | null {
  return type === null ? null : { type, code, message: errorMessage ?? "" };
}

const attemptsOf = batchLoader(({ services }, ids) => readAttempts(services, ids));

const ERROR_DESCRIPTION =
  "NETWORK (no response), UNAVAILABLE (429, 502, 503, 504), GONE (410), REDIRECT (not followed), " +
  "REFUSED (any other status), PRIVATE (address inside the private network) or INTERNAL";

const WebhookAttemptObject = builder.objectRef<WebhookAttempt>("WebhookAttempt").implement({
  description: "Attempt at a call.",
  fields: (t) => ({
    number: t.exposeInt("number", { description: "Number of the attempt, from 1." }),
    startedAt: t.expose("startedAt", { type: "DateTime", description: "Time it started." }),
    durationMs: t.exposeInt("durationMs", { description: "Duration in milliseconds." }),
    responseStatus: t.exposeInt("responseStatus", {
      nullable: true,
      description: "HTTP status of the response; null: no response.",
    }),
    response: t.exposeString("response", {
      nullable: true,
      description: "First 1,024 characters of the response; null: no response, or erased.",
    }),
    error: t.field({
      type: JobErrorObject,
      nullable: true,
      description: `Error of the attempt; null: success. \`type\`: ${ERROR_DESCRIPTION}.`,
      resolve: webhookErrorOf,
    }),
  }),
});

WebhookCallNode.implement({
  description:
    "Request to a webhook endpoint, with one event or up to 50 events of deliveries. Its id is the " +
    "header `webhook-id`, the same in all attempts. Delivered calls are kept for a day, others for 7 days.",
  fields: (t) => ({
    event: t.field({
      type: WebhookEvent,
      description: "Event in the call.",
      resolve: ({ event }) => event,
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "Time of creation." }),
    status: t.expose("status", { type: WebhookCallStatus, description: "State of the call." }),
    attemptCount: t.exposeInt("tries", { description: "Number of attempts so far." }),
    nextAttemptAt: t.expose("nextAttemptAt", {
      type: "DateTime",
      nullable: true,
      description: "Earliest time of the next attempt; null unless PENDING.",
    }),
    responseStatus: t.exposeInt("responseStatus", {
      nullable: true,
      description: "HTTP status of the last response; null: no attempt, or no response.",
    }),
    durationMs: t.exposeInt("durationMs", {
      nullable: true,
      description: "Duration of the last attempt in milliseconds; null: no attempt.",
    }),
    error: t.field({
      type: JobErrorObject,
      nullable: true,
      description:
        `Error of the last attempt; null: success, or none. \`type\`: ${ERROR_DESCRIPTION}.`,
      resolve: webhookErrorOf,
    }),
    body: t.exposeString("body", { description: "Body of the request: JSON." }),
    attempts: t.field({
      type: [WebhookAttemptObject],
      description: "Attempts, oldest first.",
      resolve: async ({ id }, _args, context) => await attemptsOf(context, id) ?? [],
    }),
  }),
});

builder.queryField("webhookCall", (t) =>
  t.field({
    type: WebhookCallNode,
    nullable: true,
    description: "Call with this id; null if it does not exist or the caller may not see it.",
    args: { id: t.arg.id({ required: true, description: "Id of the call: whc_…" }) },
    resolve: (_root, { id }) => lookupId("webhookCall", id),
  }));
