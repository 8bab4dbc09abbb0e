import PostalMime, { type Address, type Email } from "postal-mime";
import { normalizeEmailAddress } from "../email_address.ts";
import { invalid } from "../errors.ts";
import { withoutAttachments } from "./attachments.ts";
import { beginningOf } from "./beginning.ts";
import type { ParsedMail } from "./mail.ts";
import { contentOf } from "./mail_content.ts";
import { withoutInvisible } from "./visible_text.ts";

// Mails nested deeper are treated as attachments.
const PARSER = { maxHeadersSize: 256 * 1024, maxNestingDepth: 50, maxRfc822NestingDepth: 3 };
const SMALL_BYTES = 64 * 1024;
// Parsing blocks the event loop: this size takes up to a few tenths of a second.
const MAX_PARSED_BYTES = 2 * 1024 * 1024;
// A date outside this period is a wrong clock.
const FIRST_DATE = Date.UTC(1971);
const DAY_MS = 86_400_000;

/**
 * Parses a mail (RFC 5322, MIME). Its text is that of its text parts, or else the visible text of its HTML, including
 * that of nested mails. Of a mail that has more than 2 MiB or 10,000 lines without its attachments, only the
 * beginning is read; text is truncated to a million characters, and longer HTML is left out.
 *
 * @throws {InvalidInputError} if it cannot be parsed or has no sender
 */
export async function parseMail(raw: Uint8Array): Promise<ParsedMail> {
  const email = await parse(raw);
  const [from] = mailboxesOf(email.from ? [email.from] : []);
  if (!from) throw invalid(["mail"], "MALFORMED", "has no header From with an address");
  const { messageId, inReplyTo, references, html, text, attachments } = email;
  return {
    messageId: idsIn(messageId)[0] ?? null,
    inReplyTo: idsIn(inReplyTo)[0] ?? null,
    references: idsIn(references),
    from: { address: from.address, name: from.name || null },
    replyTo: mailboxesOf(email.replyTo)[0]?.address ?? null,
    to: [...mailboxesOf(email.to), ...mailboxesOf(email.cc)].map(({ address }) => address),
    subject: withoutInvisible(email.subject ?? "").replaceAll(/\s+/g, " ").trim(),
    ...contentOf(text, html),
    attachmentCount: attachments.filter(({ related }) => !related).length,
    date: dateOf(email),
    headers: headersOf(email),
  };
}

async function parse(raw: Uint8Array): Promise<Email> {
  try {
    const light = raw.length > SMALL_BYTES ? withoutAttachments(raw).raw : raw;
    return await PostalMime.parse(beginningOf(light, MAX_PARSED_BYTES), PARSER);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw invalid(["mail"], "MALFORMED", `cannot be parsed: ${reason}`);
  }
}

/** Returns the mailboxes of a header in their normal form, those of groups included. */
function mailboxesOf(addresses: readonly Address[] = []): { address: string; name: string }[] {
  return addresses
    .flatMap((entry) => entry.group ?? [entry])
    .filter(({ address }) => address.includes("@"))
    .map(({ address, name }) => ({
      address: normalizeEmailAddress(address),
      name: withoutInvisible(name).trim(),
    }));
}

/** Returns the ids of a header (RFC 5322 §3.6.4) without angle brackets; some programs leave them out. */
function idsIn(value = ""): string[] {
  const ids = [...value.matchAll(/<([^<>\s]+)>/g)].map(([, id = ""]) => id);
  return ids.length > 0 ? ids : value.split(/\s+/).filter((word) => word.includes("@"));
}

function dateOf({ date }: Email): Date | null {
  const time = Date.parse(date ?? "");
  return time >= FIRST_DATE && time <= Date.now() + DAY_MS ? new Date(time) : null;
}

/** If a header occurs several times, the first one is used, because each relay adds its headers at the top. */
function headersOf({ headers }: Email): Map<string, string> {
  return new Map(headers.map(({ key, value }): [string, string] => [key, value.trim()]).reverse());
}
