import { newDeliveries } from "../deliveries/create.ts";
import { newId } from "../id.ts";
import type { Recipient } from "../recipients.ts";
import type { NewMessage } from "./create.ts";
import type { Content, Message } from "./message.ts";
import type { SmallMessage } from "./send_now.ts";

/** Fields in which mails to one person differ. */
export type SingleMail =
  & Pick<Message, "organizationId" | "userId" | "title" | "type" | "retryMode" | "maxAttempts">
  & Content
  & Pick<NewMessage, "templateId" | "templateVersion" | "references" | "idempotencyKey">;

/**
 * Builds the message for a mail to one person, of the lane TRANSACTIONAL and with the sender of the organization, as
 * a part of the transaction that needs it. See `insertSmallMessages` and `publishSmall`.
 */
export function singleMail(mail: SingleMail, recipient: Recipient): SmallMessage {
  const message: NewMessage = {
    ...mail,
    id: newId(),
    title: mail.title.toWellFormed(),
    channel: "EMAIL",
    lane: "TRANSACTIONAL",
    priority: 0,
    audienceId: null,
    campaignId: null,
    open: false,
    contactSelection: null,
    contactsAfter: null,
    sendAt: null,
    retryBackoff: "GROWING",
    retryRounds: 0,
    onUnknown: "HOLD",
    unsubscribable: false,
    fromAddress: null,
    fromName: null,
    replyTo: null,
    recipientCount: 1,
    duplicateCount: 0,
    plannedCount: 1,
    pauseReason: null,
    pauseCode: null,
    pauseProviderIds: null,
    pausedAt: null,
    finishedAt: null,
  };
  const deliveries = newDeliveries(message, [recipient]);
  return { message, deliveries, batchId: newId(), jobId: newId() };
}

/** Returns the id of the only delivery of a mail to one person. */
export function deliveryIdOf({ deliveries: [delivery] }: SmallMessage): string {
  if (!delivery) throw new Error("A mail to one person has no recipient");
  return delivery.id;
}
