import { createHash } from "node:crypto";
import PostalMime, { type Attachment, type Email } from "postal-mime";
import { classifyBounce } from "../../channels/email/replies.ts";
import type { ProviderEvent } from "../../domain/deliveries/provider_event.ts";
import { bounced, delivered, type Feedback } from "../../domain/deliveries/feedback.ts";
import { checkAge, checkHmac, findDeliveryId, WebhookError } from "./webhook.ts";

const MAX_AGE_MS = 5 * 60_000;
// The parser blocks the event loop; this size takes half a second at worst.
const MAX_PARSED_BYTES = 1024 * 1024;
const MAX_PARSED_LINES = 10_000;
const PARSER = {
  attachmentEncoding: "utf8",
  maxHeadersSize: 256 * 1024,
  // Keeps the returned mail as one part; by default the parser does so in ASCII reports only.
  maxRfc822NestingDepth: 0,
} as const;

const LINE_FEED = 0x0a;

type Fields = ReadonlyMap<string, string>;

/**
 * Reads a delivery status notification (RFC 3464) as raw mail. Its header
 * `X-Waybill-Signature: t=<unix>,v1=<hex HMAC-SHA256 of "t.body">` must not be older than 5 minutes.
 * Only the beginning of a large mail is parsed, because the returned mail is at the end.
 *
 * @throws {WebhookError} 400 for a mail that is not a delivery status notification, 401 for a wrong
 *   signature
 */
export async function readDsn(
  secret: string,
  headers: Headers,
  body: Uint8Array<ArrayBuffer>,
): Promise<ProviderEvent> {
  checkSignature(secret, headers.get("x-waybill-signature") ?? "", body);
  const mail = await parse(beginningOf(body));
  const report = mail.attachments.find(({ mimeType }) =>
    mimeType === "message/delivery-status" || mimeType === "message/global-delivery-status"
  );
  if (!report) {
    throw new WebhookError(400, "Cannot read the mail: it has no part message/delivery-status");
  }
  const deliveryId = deliveryOf(mail);
  // A repeated notification has the same octets.
  const id = createHash("sha256").update(body).digest("hex");
  const feedback = deliveryId === null ? null : feedbackOf(deliveryId, report);
  return { source: "dsn", id, feedback: feedback ? [feedback] : [] };
}

function checkSignature(secret: string, header: string, body: Uint8Array): void {
  const [, time = "", signature = ""] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header) ?? [];
  checkHmac(secret, [`${time}.`, body], signature);
  checkAge(Number(time) * 1_000, MAX_AGE_MS);
}

// The report precedes the returned mail, of which only the header is needed.
function beginningOf(body: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const beginning = body.subarray(0, MAX_PARSED_BYTES);
  let end = 0;
  for (let lines = 0; lines < MAX_PARSED_LINES; lines++) {
    end = beginning.indexOf(LINE_FEED, end) + 1;
    if (end === 0) return beginning;
  }
  return beginning.subarray(0, end);
}

async function parse(mail: Uint8Array<ArrayBuffer>): Promise<Email> {
  try {
    return await PostalMime.parse(mail, PARSER);
  } catch (cause) {
    throw new WebhookError(400, "Cannot parse the mail", { cause });
  }
}

// Searches the returned mail or its header, then In-Reply-To, because some reports contain neither.
function deliveryOf({ attachments, inReplyTo, references }: Email): string | null {
  const headers = attachments.filter(({ mimeType }) => RETURNED.test(mimeType))
    .map((returned) => textOf(returned).split(/\r?\n\r?\n/, 1)[0] ?? "");
  const fields = headers.map(parseFields);
  return findDeliveryId([
    ...fields.map((header) => header.get("x-waybill-delivery")),
    ...fields.map((header) => header.get("message-id")),
    inReplyTo,
    references,
  ]);
}

const RETURNED = /^(message\/(rfc822|global)|(text\/rfc822|message\/global)-headers)$/;

// The first block describes the whole mail. Our mails have one recipient, but a forwarder may add others.
function feedbackOf(deliveryId: string, report: Attachment): Feedback | null {
  const [, ...recipients] = textOf(report).trim().split(/(?:\r?\n[ \t]*){2,}/).map(parseFields);
  const actions = Map.groupBy(recipients, (fields) => firstWord(fields.get("action")));
  const [failed] = actions.get("failed") ?? [];
  if (failed) return bounceOf(deliveryId, failed);
  const isDelivered = ["delivered", "relayed", "expanded"].some((action) => actions.has(action));
  // A delayed mail may still arrive.
  return isDelivered ? delivered(deliveryId) : null;
}

function bounceOf(deliveryId: string, fields: Fields): Feedback {
  const text = (fields.get("diagnostic-code") ?? "").replace(/^[\w-]+\s*;\s*/, "");
  const bounce = classifyBounce({ status: fields.get("status") ?? "", text });
  return bounced(deliveryId, { ...bounce, reason: null, text: text || "The mail bounced" });
}

function parseFields(block: string): Fields {
  const lines = block.replaceAll(/\r?\n[ \t]+/g, " ").split(/\r?\n/);
  return new Map(lines.flatMap((line): [string, string][] => {
    const colon = line.indexOf(":");
    return colon < 1
      ? []
      : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]];
  }));
}

function firstWord(text = ""): string {
  return /^[\w-]*/.exec(text.trim().toLowerCase())?.[0] ?? "";
}

function textOf({ content }: Attachment): string {
  return typeof content === "string" ? content : new TextDecoder().decode(content);
}
