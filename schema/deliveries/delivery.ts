import type { Delivery, DeliveryAttempt } from "../../src/domain/deliveries/delivery.ts";
import { findDeliveries, readAttempts } from "../../src/domain/deliveries/list.ts";
import { UNSUBSCRIBE_URL } from "../../src/domain/messages/content_check.ts";
import { findMessage } from "../../src/domain/messages/queries.ts";
import { compileContent, render, TemplateError } from "../../src/domain/templates/template.ts";
import { builder, type Context } from "../kit/builder.ts";
import { ContentObject } from "../messages/content.ts";
import { DeliveryErrorObject } from "./error.ts";
import { AttemptOutcome } from "../jobs/enums.ts";
import { MessageNode } from "../messages/message.ts";
import { DeliveryStatus } from "./enums.ts";
import { RecipientObject } from "../messages/recipient.ts";

/** One recipient of one message. */
export const DeliveryNode = builder.loadableNodeRef("Delivery", {
  id: { resolve: ({ id }: Delivery) => id },
  load: (ids: string[], { services, caller }) => findDeliveries(services, caller, ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

const DeliveryAttemptObject = builder.objectRef<DeliveryAttempt>("DeliveryAttempt").implement({
  description: "One try at a delivery that has ended.",
  fields: (t) => ({
    number: t.exposeInt("number", {
      description: "From 1. Tries that use up no attempt (the recipient was to wait, or another " +
        "provider was asked then) have the number of the attempt that they are part of.",
    }),
    provider: t.exposeString("provider", { nullable: true, description: "Who was to take it." }),
    startedAt: t.expose("startedAt", { type: "DateTime", description: "When it began." }),
    finishedAt: t.expose("finishedAt", {
      type: "DateTime",
      nullable: true,
      description: "When it ended.",
    }),
    outcome: t.expose("outcome", {
      type: AttemptOutcome,
      nullable: true,
      description: "How it ended.",
    }),
    error: t.field({
      type: DeliveryErrorObject,
      nullable: true,
      description: "Why it failed; null when it did not.",
      resolve: (attempt) => attempt.errorType === null ? null : attempt,
    }),
  }),
});

DeliveryNode.implement({
  description: "What becomes of a message for one of its recipients.",
  fields: (t) => ({
    message: t.field({
      type: MessageNode,
      nullable: true,
      description: "The message that it is of.",
      resolve: ({ messageId }) => messageId,
    }),
    batchNumber: t.exposeInt("batchNumber", {
      nullable: true,
      description: "The batch of the message that it is in; null before it is planned.",
    }),
    recipient: t.field({
      type: RecipientObject,
      description: "Whom it goes to.",
      resolve: ({ address, name, variables }) => ({ address, name, variables }),
    }),
    status: t.expose("status", { type: DeliveryStatus, description: "Where it stands." }),
    attemptCount: t.exposeInt("attempt", { description: "Attempts so far." }),
    maxAttempts: t.exposeInt("maxAttempts", { description: "Attempts at most." }),
    error: t.field({
      type: DeliveryErrorObject,
      nullable: true,
      description: "Why its newest attempt failed; null when it did not.",
      resolve: (delivery) => delivery.errorType === null ? null : delivery,
    }),
    retryable: t.exposeBoolean("retryable", {
      description:
        "Whether another attempt may mend it; of a message that was cancelled, none is made.",
    }),
    provider: t.exposeString("provider", {
      nullable: true,
      description: "Who took it, or was tried last.",
    }),
    providerMessageId: t.exposeString("providerMessageId", {
      nullable: true,
      description: "What the provider calls it.",
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was made." }),
    updatedAt: t.expose("updatedAt", { type: "DateTime", description: "When it last changed." }),
    dueAt: t.expose("dueAt", {
      type: "DateTime",
      nullable: true,
      description: "When it goes out, or is tried next; null: it does not any more.",
    }),
    lastAttemptAt: t.expose("lastAttemptAt", {
      type: "DateTime",
      nullable: true,
      description: "When it was last tried; null: never.",
    }),
    sentAt: t.expose("sentAt", {
      type: "DateTime",
      nullable: true,
      description: "When the provider took it; null: it did not.",
    }),
    failedAt: t.expose("failedAt", {
      type: "DateTime",
      nullable: true,
      description: "Since when it is FAILED or BOUNCED; null: it is neither.",
    }),
    content: t.field({
      type: ContentObject,
      nullable: true,
      description: "What this recipient gets; null when a variable is missing for it.",
      complexity: 20,
      resolve: renderedFor,
    }),
    attempts: t.field({
      type: [DeliveryAttemptObject],
      description: "The attempts that have ended, oldest first.",
      resolve: (delivery, _args, { services }) => readAttempts(services, delivery),
    }),
  }),
});

async function renderedFor(delivery: Delivery, _args: unknown, { services }: Context) {
  const message = await findMessage(services.db, delivery.organizationId, delivery.messageId);
  if (!message) return null;
  // Not the recipient's own link: who looks at this must not unsubscribe them.
  const variables = { ...delivery.variables, [UNSUBSCRIBE_URL]: `{{ ${UNSUBSCRIBE_URL} }}` };
  const recipient = message.unsubscribable ? { ...delivery, variables } : delivery;
  try {
    return render(compileContent(message), recipient);
  } catch (error) {
    if (error instanceof TemplateError) return null;
    throw error;
  }
}
