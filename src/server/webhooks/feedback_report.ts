import type { Attachment, Email } from "postal-mime";
import { complained, type Feedback } from "../../domain/deliveries/feedback.ts";
import { firstWord, parseFields, textOf, valuesOf } from "./mail_fields.ts";
import { findReportedDelivery, isReturned } from "./returned_mail.ts";

/**
 * Reads a report of a feedback loop (ARF, RFC 5965). The recipient is often redacted (RFC 6590), so that
 * only the returned mail names the delivery.
 *
 * @returns null if the mail is none; an empty list for other types than abuse, which are no complaints of
 *   a recipient
 */
export function readFeedbackReport(mail: Email): Feedback[] | null {
  const type = typeOf(mail);
  if (type === null) return null;
  const id = findReportedDelivery(mail);
  return type === "abuse" && id !== null ? [complained(id, "abuse")] : [];
}

function typeOf({ attachments }: Email): string | null {
  const report = attachments.find(({ mimeType }) => mimeType === "message/feedback-report");
  if (report) return firstWord(valuesOf(parseFields(textOf(report)), "feedback-type")[0]);
  return attachments.some(isFromMicrosoft) ? "abuse" : null;
}

// Microsoft's feedback loop (JMRP) sends the mail without a report, and begins its header with a field of its own.
function isFromMicrosoft(part: Attachment): boolean {
  return isReturned(part) && /^\s*X-HmXmrOriginalRecipient[ \t]*:/i.test(textOf(part));
}
