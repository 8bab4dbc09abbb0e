import type { Email } from "postal-mime";
import { classifyBounce } from "../../channels/email/replies.ts";
import { bounced, delivered, type Feedback } from "../../domain/deliveries/feedback.ts";
import { firstWord, parseFields, textOf, wordsOf } from "./mail_fields.ts";
import { findReportedDelivery } from "./returned_mail.ts";
import { diagnosticText } from "./webhook.ts";

type Recipient = ReadonlyMap<string, string>;

const STATUS_PART = /^message\/(global-)?delivery-status$/;

/**
 * Reads a delivery status notification (RFC 3464).
 *
 * @returns null if the mail is none; an empty list for a delay, which may still end in a delivery
 */
export function readDeliveryStatus(mail: Email): Feedback[] | null {
  const report = findReport(mail);
  if (report === null) return null;
  const id = findReportedDelivery(mail);
  if (id === null) return [];
  // Our mails have one recipient, but a forwarder may add others.
  const outcomes = Map.groupBy(recipientsOf(report), outcomeOf);
  const [failed] = outcomes.get("failed") ?? [];
  return [
    ...outcomes.has("delivered") ? [delivered(id)] : [],
    ...failed ? [bounceOf(id, failed, mail.text ?? "")] : [],
  ];
}

// Some mailers put the fields into a part of plain text; a mail of a mailing list only quotes them. A part without
// recipients reports nothing.
function findReport({ headers, attachments, text = "" }: Email): string | null {
  const parts = attachments.filter(({ mimeType }) => STATUS_PART.test(mimeType)).map(textOf);
  const ofList = headers.some(({ key }) => key === "list-id" || key === "list-unsubscribe");
  return (ofList ? parts : [...parts, text]).find((part) =>
    RECIPIENT.test(part) && OUTCOME.test(part)
  ) ?? null;
}

const RECIPIENT = /^(final|original)-recipient[ \t]*:/im;
const OUTCOME = /^(action|status)[ \t]*:/im;

// Fields with which the description of a recipient can begin. Blank lines between the recipients, and after
// the fields about the whole mail, are often missing.
const FIRST_FIELDS = new Set(["original-recipient", "final-recipient", "action", "status"]);

function recipientsOf(report: string): Recipient[] {
  let current = new Map<string, string>();
  const recipients = [current];
  for (const [name, value] of parseFields(report)) {
    if (FIRST_FIELDS.has(name) && current.has(name)) recipients.push(current = new Map());
    if (!current.has(name) || isReply(name, value)) current.set(name, value);
  }
  return recipients;
}

// Of several fields Diagnostic-Code, only the reply of the recipient's server counts.
function isReply(name: string, value: string): boolean {
  return name === "diagnostic-code" && /^smtp\b/i.test(value);
}

function outcomeOf(recipient: Recipient): "failed" | "delivered" | null {
  switch (firstWord(recipient.get("action"))) {
    case "failed":
    case "expired":
      return "failed";
    case "delivered":
    case "relayed":
    case "expanded":
      return "delivered";
    case "delayed":
      return null;
    default:
      // Missing, or not one of RFC 3464: some relays write "error".
      return recipient.get("status")?.startsWith("5") ? "failed" : null;
  }
}

function bounceOf(deliveryId: string, recipient: Recipient, textForPeople: string): Feedback {
  const status = recipient.get("status") ?? "";
  const field = recipient.get("diagnostic-code") ?? "";
  // The exit status of a program is no reply.
  const text = /^x-unix\s*;\s*\d+$/i.test(field) ? "" : diagnosticText(field);
  const fallbackText = wordsOf(textForPeople);
  const isExpired = firstWord(recipient.get("action")) === "expired" && !status.startsWith("5");
  const bounce = classifyBounce({
    status,
    text,
    fallbackText,
    permanent: isExpired ? false : undefined,
  });
  return bounced(deliveryId, {
    ...bounce,
    reason: null,
    text: text || fallbackText || "The mail bounced",
  });
}
