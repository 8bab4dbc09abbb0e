import { z } from "zod";
import { type BounceReport, classifyBounce } from "../../channels/email/replies.ts";
import type { ProviderEvent } from "../../domain/deliveries/provider_event.ts";
import { bounced, complained, delivered, type Feedback } from "../../domain/deliveries/feedback.ts";
import type { SnsMessage } from "./sns.ts";
import { findDeliveryId, parseJson } from "./webhook.ts";

const text = z.string().catch("");
const notificationSchema = z.object({
  // notificationType for an identity, eventType for a configuration set.
  notificationType: text,
  eventType: text,
  mail: z.object({
    headers: z.array(z.object({ name: z.string(), value: z.string() })).catch([]),
    commonHeaders: z.object({ messageId: text }).optional(),
  }),
  bounce: z.object({
    bounceType: text,
    bounceSubType: text,
    bouncedRecipients: z.array(z.object({ status: text, diagnosticCode: text })).catch([]),
  }).optional(),
  complaint: z.object({ complaintFeedbackType: text }).optional(),
});

type SesNotification = z.infer<typeof notificationSchema>;

/**
 * Reads a notification of Amazon SES in a message of SNS. Other messages result in no feedback.
 * SES replaces the Message-ID, so its notifications must include the original headers.
 */
export function readSes({ Type, Message, MessageId: id }: SnsMessage): ProviderEvent {
  const notification = Type === "Notification" ? parse(Message) : null;
  const feedback = notification && feedbackOf(notification);
  return { source: "ses", id, feedback: feedback ? [feedback] : [] };
}

// The first message of a new topic is plain text.
function parse(message: string): SesNotification | null {
  if (!message.startsWith("{")) return null;
  return notificationSchema.safeParse(parseJson(message)).data ?? null;
}

function feedbackOf(notification: SesNotification): Feedback | null {
  const deliveryId = deliveryOf(notification);
  if (deliveryId === null) return null;
  switch (notification.notificationType || notification.eventType) {
    case "Delivery":
      return delivered(deliveryId);
    case "Complaint":
      return complained(deliveryId, notification.complaint?.complaintFeedbackType || null);
    case "Bounce":
      return bounceOf(deliveryId, notification);
    default:
      return null;
  }
}

function deliveryOf({ mail }: SesNotification): string | null {
  const valueOf = (name: string) =>
    mail.headers.find((header) => header.name.toLowerCase() === name)?.value;
  return findDeliveryId([
    valueOf("x-waybill-delivery"),
    valueOf("message-id"),
    mail.commonHeaders?.messageId,
  ]);
}

// The mail itself was refused, so another attempt fails too.
const REFUSED_MAIL = /^(MessageTooLarge|ContentRejected|AttachmentRejected)$/;

function bounceOf(deliveryId: string, { bounce }: SesNotification): Feedback {
  const { bounceType = "", bounceSubType = "", bouncedRecipients: [recipient] = [] } = bounce ?? {};
  const diagnostic = (recipient?.diagnosticCode ?? "").replace(/^smtp\s*;\s*/i, "");
  const permanent = bounceType === "Permanent";
  const classified = classifyBounce({
    status: recipient?.status ?? "",
    text: diagnostic,
    permanent,
    providerClass: diagnostic === "" ? classOf(bounceType, bounceSubType) : undefined,
  });
  return bounced(deliveryId, {
    ...classified,
    disposition: REFUSED_MAIL.test(bounceSubType) ? "never" : classified.disposition,
    reason: [bounceType, bounceSubType].filter((part) => part !== "").join(" ") || null,
    text: diagnostic || `${bounceType} bounce: ${bounceSubType}`,
  });
}

// Amazon's own classes, for a bounce without the reply of a server. Its documentation asks senders to
// remove an address that bounces permanently.
function classOf(bounceType: string, bounceSubType: string): BounceReport["providerClass"] {
  if (bounceType === "Permanent") return ["INVALID_RECIPIENT", "suppress"];
  return bounceSubType === "MailboxFull"
    ? ["RATE_LIMIT", "retry", { code: "MAILBOX_FULL" }]
    : undefined;
}
