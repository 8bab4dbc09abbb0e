import { createHash } from "node:crypto";
import type { SignedToken } from "../../domain/deliveries/mailgun_token.ts";
import type { ParsedMail } from "../../domain/emails/mail.ts";
import { parseMail } from "../../domain/emails/parse.ts";
import type { MailForm } from "./mail_form.ts";
import { toParsedMail } from "./mail_json.ts";
import { checkMailgunSignature, mailgunSignature } from "./mailgun_signature.ts";
import { WebhookError } from "./webhook.ts";

/**
 * Checks the signature of a form in which Mailgun forwards a mail.
 *
 * @param signingKeys of which any may have signed
 * @returns the signed token, and the digest of the fields, which the signature does not cover
 * @throws {WebhookError} 401 also if there is none
 */
export function checkMailgunForm(signingKeys: readonly string[], form: MailForm): SignedToken {
  const { data } = mailgunSignature.safeParse({
    timestamp: textOf(form, "timestamp"),
    token: textOf(form, "token"),
    signature: textOf(form, "signature"),
  });
  if (!data) throw new WebhookError(401, "The form has no signature in Mailgun's format");
  checkMailgunSignature(signingKeys, data);
  return { token: data.token, content: digestOf(form) };
}

const SIGNATURE_FIELDS: readonly string[] = ["timestamp", "token", "signature"];

/** Digest of all that is stored of a form. Its fields may have another order when Mailgun repeats the request. */
function digestOf({ fields, fileCount }: MailForm): string {
  const hash = createHash("sha256").update(`${fileCount}`);
  for (const [name, value] of [...fields].sort(([a], [b]) => a < b ? -1 : 1)) {
    if (SIGNATURE_FIELDS.includes(name)) continue;
    hash.update(JSON.stringify([name, value.length])).update(value);
  }
  return hash.digest("hex");
}

/**
 * Reads the mail of a form of Mailgun's routes: its parsed fields, or `body-mime` if the address of the route ends in
 * "mime".
 *
 * @throws {InvalidInputError}
 */
export async function readMailgunMail(form: MailForm): Promise<ParsedMail> {
  const mime = form.fields.get("body-mime");
  if (mime) return await parseMail(mime);
  const headers = headersOf(form);
  return toParsedMail({
    messageId: headers["message-id"],
    inReplyTo: headers["in-reply-to"],
    references: headers["references"],
    from: headers["from"] ?? textOf(form, "from") ?? textOf(form, "sender") ?? "",
    replyTo: headers["reply-to"],
    to: [headers["to"] ?? textOf(form, "recipient") ?? "", headers["cc"] ?? ""],
    subject: textOf(form, "subject"),
    text: textOf(form, "body-plain"),
    html: textOf(form, "body-html"),
    headers,
    attachmentCount: form.fileCount || Number(textOf(form, "attachment-count") ?? 0),
    date: dateOf(headers["date"]),
  });
}

/** The field `message-headers` is a JSON list of pairs. Of a repeated header, the first counts. */
function headersOf(form: MailForm): Record<string, string> {
  const pairs = parsePairs(textOf(form, "message-headers") ?? "[]");
  return Object.fromEntries(pairs.reverse());
}

function parsePairs(json: string): [string, string][] {
  try {
    const pairs: unknown = JSON.parse(json);
    if (!Array.isArray(pairs)) return [];
    return pairs.filter(Array.isArray).map((
      [name, value],
    ) => [`${name}`.toLowerCase(), `${value}`]);
  } catch {
    return [];
  }
}

function dateOf(header: string | undefined): Date | null {
  const date = new Date(header ?? "");
  return isNaN(date.getTime()) ? null : date;
}

function textOf({ fields }: MailForm, name: string): string | undefined {
  return fields.get(name)?.toString("utf8");
}
