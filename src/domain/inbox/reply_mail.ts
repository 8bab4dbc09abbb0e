import type { Caller } from "../access/access.ts";
import type { Thread } from "../emails/email.ts";
import { findOwnAddresses } from "../emails/own_addresses.ts";
import { type EmailRow, toRow } from "../emails/store.ts";
import { toTypeId } from "../id.ts";
import type { SmallMessage } from "../messages/send_now.ts";
import { deliveryIdOf, singleMail } from "../messages/single_mail.ts";
import type { Services } from "../services.ts";
import { findAnsweredMail } from "./answered_mail.ts";

/** Type of the messages that carry replies. */
export const REPLY_TYPE = "reply";

const MAX_ATTEMPTS = 3;
// Below the limit of a rendered subject, which would fail the delivery.
const MAX_SUBJECT = 800;

/** A reply, ready to be inserted. */
export interface ReplyMail {
  readonly message: SmallMessage;
  /** The mail of the thread. */
  readonly email: EmailRow;
}

/**
 * Prepares the reply to the newest mail of a thread: to its Reply-To address or its sender, with In-Reply-To and
 * References (RFC 5322 §3.6.4).
 */
export async function prepareReply(
  services: Services,
  { organizationId, userId }: Caller,
  thread: Thread,
  text: string,
  idempotencyKey: string | null,
): Promise<ReplyMail> {
  const answered = await findAnsweredMail(services, thread);
  const subject = subjectOf(answered.subject);
  const references = [
    ...answered.references,
    ...answered.messageId === null ? [] : [answered.messageId],
  ];
  const message = singleMail({
    organizationId,
    userId,
    // The id instead of the subject, because titles are part of events and outlive the erasure of a contact.
    title: `Reply in ${toTypeId("thread", thread.id)}`,
    type: REPLY_TYPE,
    // The text is a variable, because it may contain Liquid tags.
    subject: "{{ subject }}",
    text: "{{ text }}",
    html: null,
    templateId: null,
    templateVersion: null,
    retryMode: "AUTO",
    maxAttempts: MAX_ATTEMPTS,
    references,
    idempotencyKey,
  }, { address: answered.address, name: answered.name, variables: { subject, text } });
  const deliveryId = deliveryIdOf(message);
  const [from = ""] = (await findOwnAddresses(services, [organizationId])).get(organizationId) ??
    [];
  const email = toRow(organizationId, {
    mail: {
      messageId: `${toTypeId("delivery", deliveryId)}@${from.slice(from.lastIndexOf("@") + 1)}`,
      inReplyTo: references.at(-1) ?? null,
      references,
      from: { address: from, name: null },
      replyTo: null,
      to: [answered.address],
      subject,
      text,
      html: null,
      attachmentCount: 0,
      date: null,
      headers: new Map(),
    },
    direction: "OUTBOUND",
    kind: "OWN",
    replyText: text,
    threadId: thread.id,
    receivedAt: null,
    deliveryId,
  });
  return { message, email };
}

function subjectOf(answered: string): string {
  const subject = /^re:/i.test(answered) ? answered : `Re: ${answered}`;
  return subject.slice(0, MAX_SUBJECT).toWellFormed();
}
