import { z } from "zod";
import { type BounceReport, classifyBounce } from "../../channels/email/replies.ts";
import type { ProviderEvent } from "../../domain/deliveries/provider_event.ts";
import {
  bounced,
  complained,
  delivered,
  type Feedback,
  unsubscribed,
  withheld,
} from "../../domain/deliveries/feedback.ts";
import type { SnsMessage } from "./sns.ts";
import { diagnosticText, findDeliveryId, parseJson } from "./webhook.ts";

const text = z.string().catch("");
const bounceSchema = z.object({
  bounceType: text,
  bounceSubType: text,
  bouncedRecipients: z.array(z.object({ status: text, diagnosticCode: text })).catch([]),
});
const complaintSchema = z.object({ complaintFeedbackType: text, complaintSubType: text });
const notificationSchema = z.object({
  // notificationType for an identity, eventType for a configuration set.
  notificationType: text,
  eventType: text,
  mail: z.object({
    headers: z.array(z.object({ name: z.string(), value: z.string() })).catch([]),
    commonHeaders: z.object({ messageId: text }).optional(),
  }),
  bounce: bounceSchema.optional(),
  complaint: complaintSchema.optional(),
  reject: z.object({ reason: text }).optional(),
  subscription: z.object({
    newTopicPreferences: z.object({ unsubscribeAll: z.boolean().catch(false) }).optional(),
  }).optional(),
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
  const { notificationType, eventType, bounce, complaint, reject, subscription } = notification;
  switch (notificationType || eventType) {
    case "Delivery":
      return delivered(deliveryId);
    case "Bounce":
      return bounce ? bounceOf(deliveryId, bounce) : null;
    case "Complaint":
      return complaintOf(deliveryId, complaint);
    case "Reject":
      // SES found a virus, and did not send the mail.
      return bounced(deliveryId, {
        type: "OTHER",
        disposition: "never",
        status: null,
        reason: "Reject",
        text: reject?.reason || "Amazon SES rejected the mail",
      });
    case "Subscription":
      return subscription?.newTopicPreferences?.unsubscribeAll ? unsubscribed(deliveryId) : null;
    default:
      // DeliveryDelay is no failure, because SES continues its attempts.
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

// Types of RFC 5965 and RFC 6591 that do not report a mail as unwanted.
const NO_COMPLAINT = /^(not-spam|auth-failure|virus)$/i;

function complaintOf(
  deliveryId: string,
  complaint?: z.infer<typeof complaintSchema>,
): Feedback | null {
  const { complaintFeedbackType: type = "", complaintSubType = "" } = complaint ?? {};
  if (complaintSubType === "OnAccountSuppressionList") {
    return withheld(deliveryId, "COMPLAINED", complaintSubType, NOT_SENT);
  }
  return NO_COMPLAINT.test(type) ? null : complained(deliveryId, type || null);
}

const NOT_SENT = "Amazon SES did not send the mail: the address is on its suppression list";
const LISTED = /^(Suppressed|OnAccountSuppressionList)$/;
// The mail itself was refused, so another attempt fails too.
const REFUSED_MAIL = /^(MessageTooLarge|ContentRejected|AttachmentRejected)$/;

function bounceOf(
  deliveryId: string,
  { bounceType, bounceSubType, bouncedRecipients: [recipient] }: z.infer<typeof bounceSchema>,
): Feedback | null {
  const reason = [bounceType, bounceSubType].filter((part) => part !== "").join(" ");
  if (LISTED.test(bounceSubType)) return withheld(deliveryId, "BOUNCED", reason, NOT_SENT);
  const diagnostic = diagnosticText(recipient?.diagnosticCode);
  const providerClass = CLASSES.get(bounceSubType);
  const transient = bounceType === "Transient";
  // SES reports an automatic reply (RFC 3834) in this way.
  if (transient && diagnostic === "" && !providerClass) return null;
  const classified = classifyBounce({
    status: recipient?.status ?? "",
    text: diagnostic,
    permanent: transient ? false : bounceType === "Permanent" || diagnostic === "" || undefined,
    providerClass: diagnostic === "" ? providerClass ?? UNCLEAR : undefined,
  });
  return bounced(deliveryId, {
    ...classified,
    disposition: REFUSED_MAIL.test(bounceSubType) ? "never" : classified.disposition,
    ...transient && { transient },
    reason: reason || null,
    text: diagnostic || `${bounceType} bounce: ${bounceSubType}`,
  });
}

// Amazon's own subtypes, for a bounce without the reply of a server. General and Undetermined name no cause.
const CLASSES: ReadonlyMap<string, BounceReport["providerClass"]> = new Map([
  ["NoEmail", ["INVALID_RECIPIENT", "suppress"]],
  ["MailboxFull", ["RATE_LIMIT", "retry", { code: "MAILBOX_FULL", maxAttempts: 3 }]],
  ["CustomTimeoutExceeded", ["NETWORK", "retry"]],
  ["MessageTooLarge", ["OTHER", "never"]],
  ["ContentRejected", ["OTHER", "never"]],
  ["AttachmentRejected", ["OTHER", "never"]],
]);
const UNCLEAR: BounceReport["providerClass"] = ["OTHER", "never"];
