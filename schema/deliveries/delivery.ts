import type { Delivery, DeliveryAttempt } from "../../src/domain/deliveries/delivery.ts";
import { findDeliveries, readAttempts } from "../../src/domain/deliveries/list.ts";
import { readDeliveryWaits } from "../../src/domain/deliveries/read_waits.ts";
import { createContentLink } from "../../src/domain/messages/content_link.ts";
import { renderDelivery } from "../../src/domain/messages/rendered.ts";
import { builder } from "../kit/builder.ts";
import { ContentObject } from "../messages/content.ts";
import { DeliveryErrorObject, errorOf } from "./error.ts";
import { AttemptOutcome } from "../jobs/enums.ts";
import { WAITING_COMPLEXITY, WaitingForObject } from "../jobs/waiting.ts";
import { batchLoader } from "../kit/loader.ts";
import { MessageNode } from "../messages/message.ts";
import { DeliveryStatus } from "./enums.ts";
import { RecipientObject } from "../messages/recipient.ts";
import { SuppressionReason } from "../suppressions/enums.ts";

/** A delivery: one message to one recipient. */
export const DeliveryNode = builder.loadableNodeRef("Delivery", {
  id: { resolve: ({ id }: Delivery) => id },
  load: (ids: string[], { services, caller }) => findDeliveries(services, caller, ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

const waitOf = batchLoader(({ services }, ids) => readDeliveryWaits(services.db, ids));

const DeliveryAttemptObject = builder.objectRef<DeliveryAttempt>("DeliveryAttempt").implement({
  description: "Attempt of a delivery that has ended.",
  fields: (t) => ({
    number: t.exposeInt("number", {
      description:
        "Number of the attempt, from 1. Tries that use no attempt (throttled, or passed on to " +
        "another provider) have the number of the attempt that they belong to.",
    }),
    provider: t.exposeString("provider", {
      nullable: true,
      description: "Provider that was tried; null if none was.",
    }),
    startedAt: t.expose("startedAt", {
      type: "DateTime",
      description: "Time the attempt started.",
    }),
    finishedAt: t.expose("finishedAt", {
      type: "DateTime",
      nullable: true,
      description:
        "Time the attempt ended; null while it runs, but running attempts are not listed.",
    }),
    outcome: t.expose("outcome", {
      type: AttemptOutcome,
      nullable: true,
      description:
        "Outcome of the attempt; null while it runs, but running attempts are not listed.",
    }),
    error: t.field({
      type: DeliveryErrorObject,
      nullable: true,
      description: "Error of the attempt; null if it did not fail.",
      resolve: errorOf,
    }),
  }),
});

DeliveryNode.implement({
  description: "Delivery: one message to one recipient.",
  fields: (t) => ({
    message: t.field({
      type: MessageNode,
      nullable: true,
      description:
        "Message of the delivery; null for a delivery without one, which this version does not " +
        "create.",
      resolve: ({ messageId }) => messageId,
    }),
    batchNumber: t.exposeInt("batchNumber", {
      nullable: true,
      description:
        "Number of its batch within the message, from 1; a retry moves it to a new batch. Null " +
        "for a delivery without a batch, which this version does not create.",
    }),
    recipient: t.field({
      type: RecipientObject,
      description: "Recipient of the delivery.",
      resolve: ({ address, name, variables }) => ({ address, name, variables }),
    }),
    status: t.expose("status", { type: DeliveryStatus, description: "State of the delivery." }),
    waitingFor: t.field({
      type: WaitingForObject,
      nullable: true,
      description: "Reason why it is not sent now; null unless PENDING.",
      complexity: WAITING_COMPLEXITY,
      resolve: ({ id, status }, _args, context) =>
        status === "PENDING" ? waitOf(context, id) : null,
    }),
    attemptCount: t.exposeInt("attempt", {
      description: "Number of attempts so far; throttled tries are not counted.",
    }),
    maxAttempts: t.exposeInt("maxAttempts", {
      description: "Maximum attempts, that of the message.",
    }),
    error: t.field({
      type: DeliveryErrorObject,
      nullable: true,
      description:
        "Last error: of the last attempt, a bounce or a complaint, kept while a retry waits; " +
        "null if none.",
      resolve: errorOf,
    }),
    retryable: t.exposeBoolean("retryable", {
      description:
        "True if it is FAILED or BOUNCED, another attempt may succeed and is left, and its " +
        "message is not CANCELLED.",
    }),
    suppressionReason: t.expose("suppressionReason", {
      type: SuppressionReason,
      nullable: true,
      description:
        "Reason of the address's entry in the suppression list, or in that of the provider, when the " +
        "delivery became SUPPRESSED; null for other states.",
    }),
    provider: t.exposeString("provider", {
      nullable: true,
      description: "Provider that accepted the delivery, or the last one tried; null if none was.",
    }),
    providerMessageId: t.exposeString("providerMessageId", {
      nullable: true,
      description: "Id that the provider gave the message; null if it was not sent.",
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "Time of creation." }),
    updatedAt: t.expose("updatedAt", { type: "DateTime", description: "Time of the last change." }),
    dueAt: t.expose("dueAt", {
      type: "DateTime",
      nullable: true,
      description: "Time at which the next attempt is due; null once the delivery has ended.",
    }),
    lastAttemptAt: t.expose("lastAttemptAt", {
      type: "DateTime",
      nullable: true,
      description: "Time of the last attempt; null if never tried.",
    }),
    sentAt: t.expose("sentAt", {
      type: "DateTime",
      nullable: true,
      description: "Time the provider accepted it; null if it has not.",
    }),
    failedAt: t.expose("failedAt", {
      type: "DateTime",
      nullable: true,
      description: "Time it became FAILED or BOUNCED; null otherwise.",
    }),
    content: t.field({
      type: ContentObject,
      nullable: true,
      description:
        "Content rendered for this recipient; null if it cannot be rendered, for example because " +
        "a variable is missing. An unsubscribe link is not filled in.",
      complexity: 20,
      resolve: (delivery, _args, { services }) => renderDelivery(services, delivery),
    }),
    contentUrl: t.string({
      nullable: true,
      description:
        "Path on this server at which a browser shows `content.html` without an API key, for 10 minutes; null if " +
        "the message has no HTML. The page runs no script and loads nothing.",
      complexity: 5,
      resolve: (delivery, _args, { services }) => createContentLink(services, delivery),
    }),
    attempts: t.field({
      type: [DeliveryAttemptObject],
      description: "Ended attempts, oldest first.",
      resolve: (delivery, _args, { services }) => readAttempts(services, delivery),
    }),
  }),
});
