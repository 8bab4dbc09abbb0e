import { createHash } from "node:crypto";
import PostalMime, { type Email } from "postal-mime";
import type { ProviderEvent } from "../../domain/deliveries/provider_event.ts";
import { beginningOf } from "../../domain/emails/beginning.ts";
import { visibleTextOf } from "../../domain/emails/visible_text.ts";
import { readDeliveryStatus } from "./delivery_status.ts";
import { readFeedbackReport } from "./feedback_report.ts";
import { firstWord } from "./mail_fields.ts";
import { readTextReport } from "./text_report.ts";
import { checkSignature, WebhookError } from "./webhook.ts";

// The parser blocks the event loop; this size takes half a second at worst.
const MAX_PARSED_BYTES = 1024 * 1024;
const PARSER = {
  attachmentEncoding: "utf8",
  maxHeadersSize: 256 * 1024,
  // Keeps the returned mail as one part; by default the parser does so in ASCII reports only.
  maxRfc822NestingDepth: 0,
} as const;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const RECEIPT = "message/disposition-notification";

/**
 * Reads a report as raw mail: a delivery status notification (RFC 3464), a complaint (RFC 5965), or a report
 * of qmail, Exim, Sendmail, Gmail or Exchange in plain text. Automatic replies and receipts result in no feedback. The
 * request's header `X-Waybill-Signature: t=<unix>,v1=<hex HMAC-SHA256 of "t.body">` must not be older than
 * 5 minutes. Only the beginning of a large mail is parsed, because the returned mail is at the end.
 *
 * @throws {WebhookError} 400 for any other mail, 401 for a wrong signature
 */
export async function readDsn(
  secret: string,
  headers: Headers,
  body: Uint8Array<ArrayBuffer>,
): Promise<ProviderEvent> {
  checkSignature([secret], headers, body);
  // The report precedes the returned mail, of which only the header is needed.
  const mail = await parse(beginningOf(withLineFeeds(body), MAX_PARSED_BYTES));
  const feedback = readDeliveryStatus(mail) ?? readFeedbackReport(mail) ?? readTextReport(mail);
  if (!feedback && !isAutomaticReply(mail)) {
    throw new WebhookError(400, "Cannot read the mail: it is neither a bounce nor a complaint");
  }
  // A repeated report has the same octets.
  const id = createHash("sha256").update(body).digest("hex");
  return { source: "dsn", id, feedback: feedback ?? [] };
}

// Some programs that forward mails from a mailbox end each line with CR alone.
function withLineFeeds(body: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (body.includes(LINE_FEED)) return body;
  return body.map((octet) => octet === CARRIAGE_RETURN ? LINE_FEED : octet);
}

async function parse(mail: Uint8Array<ArrayBuffer>): Promise<Email> {
  try {
    const parsed = await PostalMime.parse(mail, PARSER);
    const { text, html, attachments } = parsed;
    if (text) return parsed;
    if (html) return { ...parsed, text: visibleTextOf(html) };
    return attachments.length > 0 ? parsed : { ...parsed, text: bodyOf(mail) };
  } catch (cause) {
    throw new WebhookError(400, "Cannot parse the mail", { cause });
  }
}

// The parser finds no parts if a forwarder has changed the boundary or removed the lines with it.
function bodyOf(mail: Uint8Array): string {
  return new TextDecoder().decode(mail).replace(/^[^]*?\r?\n\r?\n/, "");
}

// Automatic replies (RFC 3834) and read receipts (RFC 8098) arrive at the same mailbox as reports.
function isAutomaticReply({ headers, attachments }: Email): boolean {
  return attachments.some(({ mimeType }) => mimeType === RECEIPT) ||
    headers.some(({ key, value }) =>
      key === "auto-submitted" && firstWord(value) !== "no" ||
      key === "precedence" && /^(bulk|junk|auto_reply)$/i.test(value.trim()) ||
      /^x-(autoreply|autorespond|autoresponder|auto-response-suppress)$/.test(key)
    );
}
