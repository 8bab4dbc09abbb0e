import type { Email } from "postal-mime";
import { classifyBounce } from "../../channels/email/replies.ts";
import { bounced, type Feedback } from "../../domain/deliveries/feedback.ts";
import { wordsOf } from "./mail_fields.ts";
import { findReportedDelivery, isReturned } from "./returned_mail.ts";

/**
 * Reads a report in plain text, followed by a copy of the mail or of its header: the format of qmail
 * (QSBMF, https://cr.yp.to/proto/qsbmf.txt), those of Exim and Gmail with X-Failed-Recipients, and other
 * mails from a mailer daemon or postmaster.
 *
 * @returns null if the mail is none; an empty list for a delay or a delivery
 */
export function readTextReport(mail: Email): Feedback[] | null {
  const paragraphs = (mail.text ?? "").trim().split(/\n\s*\n/);
  const end = paragraphs.findIndex((paragraph) => COPY.test(paragraph));
  const notice = end < 0 ? paragraphs : paragraphs.slice(0, end);
  const recipient = notice.find((paragraph) => QMAIL_RECIPIENT.test(paragraph));
  const isFinal = QMAIL_BEGIN.test(notice[0] ?? "") || (recipient !== undefined && end >= 0) ||
    mail.headers.some(({ key }) => key === "x-failed-recipients");
  if (!isFinal && !isFromDaemon(mail)) return null;
  const id = findReportedDelivery(mail, mail.text);
  const text = notice.join("\n\n");
  const words = `${mail.subject}\n${text}`;
  if (id === null || (!isFinal && (DELAY.test(words) || DELIVERED.test(words)))) return [];
  return [bounceOf(id, reasonOf(recipient ?? text))];
}

const QMAIL_BEGIN = /^Hi\. This is the/;
const QMAIL_RECIPIENT = /^<[^<>\n]*>:[ \t]*\r?\n/;
// "This is a permanent error. The following address(es) failed:"
const EXIM_BEGIN = /^[^]{0,1000}\baddress(\(es\)|es)? failed:\s*/;
// "--- Below this line is a copy of the message", or the header of the mail itself; but not "----- Transcript of
// session follows -----" and other headings of Sendmail.
const COPY =
  /^\s*-{2,}(?!.*\b(?:addresses|errors?|reasons?|transcript)\b)|^(received|return-path|message-id)[ \t]*:/im;
// The words before the reply of the recipient's server name no cause: "it was rejected by the recipient domain".
const REPLY =
  /\b(?:(?:said|(?:returned|server|response) was):|server returned '(?=\d))\s*([^]*?)(?=\r?\nGiving up on |$)/i;
const DELAY =
  /\b(?:warning|delay(?:ed)?|again later|keep trying|will (?:be retried|continue))\b|\bstill (?:undelivered|queued|trying|being|in)\b/i;
const DELIVERED = /(?<!\bnot (?:be |been )?)\bsuccessfully (?:delivered|relayed)\b/i;

// A daemon also answers questions, so that it must return the mail or its header. A person may write as
// postmaster, so that the subject must name a failure, too.
function isFromDaemon({ from, subject = "", text = "", attachments }: Email): boolean {
  const sender = `${from?.name} ${from?.address}`;
  return (/\bmailer-daemon\b/i.test(sender) ||
    (/\b(?:postmaster|microsoftexchange[\da-f]*)@/i.test(sender) && FAILURE.test(subject))) &&
    (/^message-id[ \t]*:/im.test(text) || attachments.some(isReturned));
}

const FAILURE = /^(?!\s*(?:re|fwd?):).*(?:deliver|return|bounce|fail)/i;

// Without the address, and without the words around the reply.
function reasonOf(report: string): string {
  const reason = report.replace(QMAIL_RECIPIENT, "").replace(EXIM_BEGIN, "");
  return REPLY.exec(reason)?.[1] ?? reason;
}

function bounceOf(deliveryId: string, reason: string): Feedback {
  const fallbackText = wordsOf(reason);
  const bounce = classifyBounce({ status: "", text: "", fallbackText });
  return bounced(deliveryId, { ...bounce, reason: null, text: fallbackText });
}
