import type { Email } from "../../src/domain/emails/email.ts";
import { findEmails } from "../../src/domain/emails/find.ts";
import { DeliveryNode } from "../deliveries/delivery.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { EmailDirection, EmailKind } from "./enums.ts";

/** A stored mail. */
export const EmailNode = builder.loadableNodeRef("Email", {
  id: { resolve: ({ id }: Email) => id },
  load: (ids: string[], { services, caller }) => findEmails(services, caller, ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

EmailNode.implement({
  description:
    "Mail of the inbox, or one that was imported to learn from. Attachments are not stored.",
  fields: (t) => ({
    direction: t.expose("direction", {
      type: EmailDirection,
      description: "Direction: received or sent by the organization.",
    }),
    kind: t.expose("kind", { type: EmailKind, description: "Origin of the mail." }),
    from: t.exposeString("fromAddress", { description: "Address of the sender, in lower case." }),
    fromName: t.exposeString("fromName", {
      nullable: true,
      description: "Name of the sender; null if none.",
    }),
    to: t.stringList({
      description: "Addresses of the recipients, in lower case.",
      resolve: ({ toAddresses }) => [...toAddresses],
    }),
    subject: t.exposeString("subject", { description: "Subject; empty if none." }),
    text: t.exposeString("text", {
      description: "Full text; for a mail with HTML only, its visible text.",
    }),
    replyText: t.exposeString("replyText", {
      description: "Text without quotes and signature.",
    }),
    html: t.exposeString("html", {
      nullable: true,
      description:
        "HTML as received; null if none. It is untrusted input: sanitize it before display.",
    }),
    attachmentCount: t.exposeInt("attachmentCount", { description: "Number of attachments." }),
    messageId: t.exposeString("messageId", {
      description: "Message-ID without angle brackets; derived from the content if there was none.",
    }),
    receivedAt: t.expose("receivedAt", {
      type: "DateTime",
      description: "Time it arrived or was sent; for an imported mail, the time in its header.",
    }),
    learnedAt: t.expose("learnedAt", {
      type: "DateTime",
      nullable: true,
      description:
        "Time it was last learned from, with any version of the prompt; null if it was not.",
    }),
    delivery: t.field({
      type: DeliveryNode,
      nullable: true,
      description: "Delivery that carried it; null if Waybill did not send it.",
      resolve: ({ deliveryId }) => deliveryId,
    }),
  }),
});

const [CONNECTION, EDGE] = connectionNames("Email");

/** Page of mails, of all lists of mails. */
export const EmailConnection = builder.connectionObject({ type: EmailNode, ...CONNECTION }, EDGE);
