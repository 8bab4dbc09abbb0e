import type { Email } from "postal-mime";
import { complained, type Feedback } from "../../domain/deliveries/feedback.ts";
import { firstWord, parseFields, textOf, valuesOf } from "./mail_fields.ts";
import { findReportedDelivery } from "./returned_mail.ts";

/**
 * Reads a report of a feedback loop (ARF, RFC 5965). The recipient is often redacted (RFC 6590), so that
 * only the returned mail names the delivery.
 *
 * @returns null if the mail is none; an empty list for other types than abuse, which are no complaints of
 *   a recipient
 */
export function readFeedbackReport(mail: Email): Feedback[] | null {
  const report = mail.attachments.find(({ mimeType }) => mimeType === "message/feedback-report");
  if (!report) return null;
  const [type] = valuesOf(parseFields(textOf(report)), "feedback-type");
  const id = findReportedDelivery(mail);
  return firstWord(type) === "abuse" && id !== null ? [complained(id, "abuse")] : [];
}
