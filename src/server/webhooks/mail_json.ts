import { Buffer } from "node:buffer";
import { addressParser } from "postal-mime";
import { z } from "zod";
import { normalizeEmailAddress } from "../../domain/email_address.ts";
import { InvalidInputError } from "../../domain/errors.ts";
import type { ParsedMail } from "../../domain/emails/mail.ts";
import { contentOf } from "../../domain/emails/mail_content.ts";
import { parseMail } from "../../domain/emails/parse.ts";
import { withoutInvisible } from "../../domain/emails/visible_text.ts";
import { issuesOf } from "../../domain/validation.ts";
import { parseJson } from "./webhook.ts";

const ids = z.union([z.string(), z.array(z.string())])
  .transform((value) => [value].flat().flatMap((text) => text.split(/[\s,]+/)).map(bareId))
  .transform((values) => values.filter((id) => id !== ""));
const id = ids.transform(([first]) => first ?? null);
const mailboxes = z.union([z.string(), z.array(z.string())])
  .transform((value) => [value].flat().flatMap(parseMailboxes));
const sender = z.string().transform((value, context) => {
  const [mailbox] = parseMailboxes(value);
  if (mailbox) return mailbox;
  context.addIssue({ code: "custom", message: "has no email address" });
  return z.NEVER;
});

const schema = z.object({
  messageId: id.nullish(),
  inReplyTo: id.nullish(),
  references: ids.nullish(),
  from: sender,
  replyTo: mailboxes.nullish(),
  to: mailboxes.nullish(),
  subject: z.string().nullish(),
  text: z.string().nullish(),
  html: z.string().nullish(),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])).nullish(),
  attachmentCount: z.number().int().min(0).max(10_000).nullish(),
  date: z.coerce.date().nullish(),
});
const rawSchema = z.object({ raw: z.base64("is not base64") });

/**
 * Reads the JSON form of a mail: its fields, or `raw`, the whole mail (RFC 5322) in base64.
 *
 * @throws {WebhookError} 400 if the body is not JSON
 * @throws {InvalidInputError} naming each invalid field
 */
export async function readMailJson(body: Uint8Array): Promise<ParsedMail> {
  const json = parseJson(body);
  if (typeof json !== "object" || json === null || !("raw" in json)) return toParsedMail(json);
  return await parseMail(Buffer.from(parse(rawSchema, json).raw, "base64"));
}

/**
 * Converts the fields of a mail.
 *
 * @throws {InvalidInputError} naming each invalid field
 */
export function toParsedMail(fields: unknown): ParsedMail {
  const data = parse(schema, fields);
  const headers = new Map(
    Object.entries(data.headers ?? {}).map((
      [name, value],
    ) => [name.toLowerCase(), [value].flat()[0] ?? ""]),
  );
  return {
    messageId: data.messageId ?? idsIn(headers.get("message-id"))[0] ?? null,
    inReplyTo: data.inReplyTo ?? idsIn(headers.get("in-reply-to"))[0] ?? null,
    references: data.references ?? idsIn(headers.get("references")),
    from: data.from,
    replyTo: data.replyTo?.[0]?.address ?? null,
    to: (data.to ?? []).map(({ address }) => address),
    subject: withoutInvisible(data.subject ?? "").replaceAll(/\s+/g, " ").trim(),
    ...contentOf(data.text, data.html),
    attachmentCount: data.attachmentCount ?? 0,
    date: data.date ?? null,
    headers,
  };
}

function parse<T>(type: z.ZodType<T>, value: unknown): T {
  const result = type.safeParse(value);
  if (!result.success) throw new InvalidInputError(issuesOf(result));
  return result.data;
}

function idsIn(header = ""): string[] {
  return ids.parse(header);
}

function bareId(id: string): string {
  return id.replace(/^<|>$/g, "");
}

function parseMailboxes(text: string): { address: string; name: string | null }[] {
  return addressParser(text, { flatten: true })
    .filter(({ address }) => /[^@\s]@[^@\s]/.test(address ?? ""))
    .map(({ address = "", name }) => ({
      address: normalizeEmailAddress(address),
      name: withoutInvisible(name).trim() || null,
    }));
}
