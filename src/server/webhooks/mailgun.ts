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
import type { SuppressionReason } from "../../domain/suppressions/suppression.ts";
import { checkMailgunSignature, mailgunSignature } from "./mailgun_signature.ts";
import { findDeliveryId, foreignId, parseJson, WebhookError } from "./webhook.ts";

const text = z.string().catch("");
const signedSchema = z.object({ signature: mailgunSignature });
const eventSchema = z.object({
  "event-data": z.object({
    id: foreignId,
    event: z.string(),
    severity: text,
    reason: text,
    "delivery-status": z.object({
      code: z.coerce.number().catch(0),
      message: text,
      description: text,
      "enhanced-code": text,
    }).optional(),
    message: z.object({ headers: z.object({ "message-id": text }).optional() }).optional(),
  }),
});

type MailgunEvent = z.infer<typeof eventSchema>["event-data"];

/**
 * Reads an event of Mailgun's webhooks (JSON). The signature covers `timestamp` and `token` only, so a
 * token is accepted for one event.
 *
 * @throws {WebhookError} 400 for a body in another format, 401 for a wrong signature
 */
export function readMailgun(signingKey: string, body: Uint8Array): ProviderEvent {
  const json = parseJson(body);
  const signed = signedSchema.safeParse(json);
  if (!signed.success) {
    throw new WebhookError(400, "Cannot read the body: it has no signature in Mailgun's format");
  }
  const { token } = signed.data.signature;
  checkMailgunSignature([signingKey], signed.data.signature);

  const { data, error } = eventSchema.safeParse(json);
  if (error) {
    throw new WebhookError(400, "Cannot read the body: it has no event in Mailgun's format", {
      cause: error,
    });
  }
  const event = data["event-data"];
  const deliveryId = findDeliveryId([event.message?.headers?.["message-id"]]);
  const feedback = deliveryId === null ? null : feedbackOf(deliveryId, event);
  return { source: "mailgun", id: event.id, token, feedback: feedback ? [feedback] : [] };
}

function feedbackOf(deliveryId: string, event: MailgunEvent): Feedback | null {
  switch (event.event) {
    case "delivered":
      return delivered(deliveryId);
    case "complained":
      return complained(deliveryId, null);
    case "unsubscribed":
      return unsubscribed(deliveryId);
    case "failed":
      // Mailgun itself retries after a temporary failure.
      return event.severity === "permanent" ? bounceOf(deliveryId, event) : null;
    default:
      return null;
  }
}

// The recipient's server blocks the sender. Used if the reply has no enhanced status code.
const BLOCKED: BounceReport["providerClass"] = ["PERMISSION", "never"];

// Mailgun's own lists, by its reasons and codes. It does not send to their addresses.
const LISTS: ReadonlyMap<string, SuppressionReason> = new Map([
  ["suppress-bounce", "BOUNCED"],
  ["605", "BOUNCED"],
  ["suppress-unsubscribe", "UNSUBSCRIBED"],
  ["606", "UNSUBSCRIBED"],
  ["suppress-complaint", "COMPLAINED"],
  ["607", "COMPLAINED"],
]);

function bounceOf(deliveryId: string, { reason, ...event }: MailgunEvent): Feedback {
  const status = event["delivery-status"];
  const text = status?.message || status?.description || "";
  const listedAs = LISTS.get(reason) ?? LISTS.get(`${status?.code}`);
  if (listedAs) {
    const code = reason || String(status?.code);
    return withheld(deliveryId, listedAs, code, text || "The address is on a list of Mailgun");
  }
  const bounce = classifyBounce({
    status: status?.["enhanced-code"] ?? "",
    code: status?.code,
    text,
    // Reason "old": Mailgun's attempts failed for several hours, so a later one may succeed.
    permanent: reason !== "old" && Math.floor((status?.code ?? 0) / 100) !== 4,
    providerClass: reason === "espblock" ? BLOCKED : undefined,
  });
  return bounced(deliveryId, {
    ...bounce,
    reason: reason || null,
    text: text || "The mail bounced",
  });
}
