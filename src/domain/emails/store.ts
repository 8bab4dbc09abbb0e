import { createHash } from "node:crypto";
import { type Connection, LONG, statement } from "../../db/database.ts";
import { normalizeEmailAddress } from "../email_address.ts";
import { newId } from "../id.ts";
import type { Email, EmailDirection, EmailKind } from "./email.ts";
import type { ParsedMail } from "./mail.ts";

/** A mail that is to be stored. */
export interface NewEmail {
  readonly mail: ParsedMail;
  readonly direction: EmailDirection;
  readonly kind: EmailKind;
  /** Text without quotes and signature. */
  readonly replyText: string;
  /** Null: imported to learn from, and no part of the inbox. */
  readonly threadId: string | null;
  /** Null: now. */
  readonly receivedAt: Date | null;
  /** Delivery that carries the mail; null: Waybill does not send it. */
  readonly deliveryId: string | null;
}

/** A row of the table, as json_to_recordset reads it. */
export interface EmailRow extends Omit<Email, "receivedAt" | "learnedAt"> {
  /** Null: now. */
  readonly receivedAt: Date | null;
}

// A mail that was imported before it arrived becomes part of the inbox. One that was imported without the address of its
// sender as an own one becomes a mail of the organization when it is imported again.
const INSERT = statement<[emails: string], StoredEmail>(
  "emails.insert",
  `insert into emails as e (id, organization_id, thread_id, direction, kind, message_id, in_reply_to,
     reference_ids, from_address, from_name, reply_to, to_addresses, subject, text, reply_text, html,
     attachment_count, received_at, delivery_id)
   select id, "organizationId", "threadId", direction, kind, "messageId", "inReplyTo", "referenceIds",
     "fromAddress", "fromName", "replyTo", "toAddresses", subject, text, "replyText", html,
     "attachmentCount", coalesce("receivedAt", now()), "deliveryId"
   from json_to_recordset($1::json) as r(id uuid, "organizationId" uuid, "threadId" uuid, direction text,
     kind text, "messageId" text, "inReplyTo" text, "referenceIds" text[], "fromAddress" text,
     "fromName" text, "replyTo" text, "toAddresses" text[], subject text, text text, "replyText" text,
     html text, "attachmentCount" int, "receivedAt" timestamptz, "deliveryId" uuid)
   -- In one order, because two statements with the same mails would otherwise deadlock.
   order by "organizationId", "messageId"
   on conflict (organization_id, message_id) do update set
     thread_id = excluded.thread_id, direction = excluded.direction, kind = excluded.kind,
     received_at = excluded.received_at
   where e.thread_id is null
     and (excluded.thread_id is not null or e.direction = 'INBOUND' and excluded.direction = 'OUTBOUND')
   returning e.id, e.message_id as "messageId", e.xmax = 0 as created`,
  LONG,
);

/** A mail that was stored or changed. */
export interface StoredEmail {
  readonly id: string;
  readonly messageId: string;
  /** False: it was imported before. */
  readonly created: boolean;
}

/**
 * Stores mails of an organization. A mail whose Message-ID is stored already changes nothing, unless it was imported:
 * then it becomes part of the inbox if it has a thread now, and OUTBOUND if it is from the organization.
 *
 * @param emails up to some hundreds
 * @returns the mails that were stored or changed, in any order
 */
export function storeEmails(
  tx: Connection,
  organizationId: string,
  emails: readonly NewEmail[],
): Promise<StoredEmail[]> {
  return insertEmails(tx, emails.map((email) => toRow(organizationId, email)));
}

/** Stores mails of several organizations; otherwise like `storeEmails`. */
export async function insertEmails(
  tx: Connection,
  rows: readonly EmailRow[],
): Promise<StoredEmail[]> {
  // A statement must not change a row twice, so the first of several equal mails is used.
  const byKey = new Map(
    rows.toReversed().map((row) => [`${row.organizationId} ${row.messageId}`, row]),
  );
  return rows.length === 0 ? [] : await tx.run(INSERT, JSON.stringify([...byKey.values()]));
}

const MAX_ID_LENGTH = 500;
const MAX_ADDRESS_LENGTH = 320;
// As for contacts. Longer words do not fit on a line of the header of a reply.
const MAX_NAME_LENGTH = 200;
// Longest line of RFC 5322. Subjects are limited, because lists and prompts contain them whole.
const MAX_SUBJECT_LENGTH = 998;
const MAX_ADDRESSES = 500;
const MAX_REFERENCES = 100;

/** Returns the row of a mail: with its Message-ID, and without characters that PostgreSQL refuses. */
export function toRow(organizationId: string, email: NewEmail): EmailRow {
  const { mail, direction, kind, threadId, receivedAt, deliveryId } = email;
  return {
    id: newId(),
    organizationId,
    threadId,
    direction,
    kind,
    messageId: messageIdOf(mail),
    inReplyTo: mail.inReplyTo === null ? null : usableId(mail.inReplyTo),
    referenceIds: mail.references.flatMap((id) => usableId(id) ?? []).slice(-MAX_REFERENCES),
    fromAddress: addressKey(mail.from.address),
    fromName: mail.from.name === null ? null : shortened(mail.from.name, MAX_NAME_LENGTH),
    replyTo: mail.replyTo === null ? null : addressKey(mail.replyTo),
    toAddresses: mail.to.slice(0, MAX_ADDRESSES).map(addressKey),
    subject: shortened(mail.subject, MAX_SUBJECT_LENGTH),
    text: storable(mail.text),
    replyText: storable(email.replyText),
    html: mail.html === null ? null : storable(mail.html),
    attachmentCount: mail.attachmentCount,
    receivedAt,
    deliveryId,
  };
}

/**
 * Returns the Message-ID of a mail. If it is missing, or too long for an index, it is derived from the content, so that
 * equal mails have equal ids.
 */
function messageIdOf(mail: ParsedMail): string {
  const id = mail.messageId === null ? null : usableId(mail.messageId);
  if (id !== null) return id;
  const { messageId, from, to, subject, date, text, html } = mail;
  const content = JSON.stringify([messageId, from, to, subject, date, text, html]);
  return `${createHash("sha256").update(content).digest("hex")}@sha256.invalid`;
}

function usableId(id: string): string | null {
  const trimmed = storable(id).replace(/^[\s<]+|[\s>]+$/g, "");
  return trimmed !== "" && trimmed.length <= MAX_ID_LENGTH ? trimmed : null;
}

/** Returns the normal form of an address, as stored for look-ups. */
export function addressKey(address: string): string {
  return normalizeEmailAddress(storable(address).trim()).slice(0, MAX_ADDRESS_LENGTH)
    .toWellFormed();
}

function shortened(text: string, max: number): string {
  return storable(text).slice(0, max).toWellFormed();
}

function storable(text: string): string {
  return text.replaceAll("\0", "").toWellFormed();
}
