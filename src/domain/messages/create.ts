import { type Connection, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { newId } from "../id.ts";
import { type CheckedInput, DEFAULT_RETRY, type SendMessageInput } from "./input.ts";
import type { Message } from "./message.ts";

/** A message that is not written yet. */
export interface NewMessage extends Omit<Message, "status" | WrittenTime> {
  readonly idempotencyKey: string | null;
  readonly duplicateCount: number;
}

type WrittenTime = "createdAt" | "updatedAt" | "startedAt";

/** The part of a new message that the database decides. */
export interface WrittenMessage
  extends Pick<Message, "id" | "status" | "fromAddress" | "fromName" | "replyTo" | WrittenTime> {}

/**
 * Builds a message from its checked input.
 *
 * @param planned true if its batch is written together with it
 */
export function newMessage(
  caller: Caller,
  input: SendMessageInput,
  checked: CheckedInput,
  planned: boolean,
): NewMessage {
  const { fields, content, template, recipients, duplicates, audience, contacts } = checked;
  const { from, replyTo } = checked.sender;
  const contactSelection = contacts?.selection ?? null;
  const known = contactSelection === null ? audience : contacts;
  const recipientCount = known?.recipientCount ?? recipients.length;
  return {
    id: newId(),
    organizationId: caller.organizationId,
    userId: caller.userId,
    title: fields.title.toWellFormed(),
    channel: input.channel,
    type: fields.type.toWellFormed(),
    lane: input.lane,
    priority: input.priority,
    subject: fields.content.subject.toWellFormed(),
    text: content.text?.toWellFormed() ?? null,
    html: content.html?.toWellFormed() ?? null,
    templateId: template?.templateId ?? null,
    templateVersion: template?.version ?? null,
    audienceId: audience?.id ?? null,
    campaignId: null,
    open: false,
    contactSelection,
    contactsAfter: null,
    sendAt: input.sendAt ?? null,
    retryMode: input.retry.mode,
    maxAttempts: input.retry.maxAttempts,
    retryBackoff: input.retry.backoff ?? DEFAULT_RETRY.backoff,
    retryRounds: 0,
    onUnknown: input.onUnknown,
    unsubscribable: input.unsubscribable,
    fromAddress: from?.address ?? null,
    fromName: from?.name ?? null,
    replyTo,
    references: [],
    idempotencyKey: fields.idempotencyKey?.toWellFormed() ?? null,
    recipientCount,
    duplicateCount: duplicates,
    plannedCount: planned ? recipientCount : 0,
    pauseReason: null,
    pauseCode: null,
    pauseProviderIds: null,
    pausedAt: null,
    finishedAt: null,
  };
}

/** SQL: the fields of `NewMessage` that are stored, as columns of json_to_recordset. */
export const NEW_MESSAGE = `id uuid, "organizationId" uuid, "userId" text, title text, channel text,
  type text, lane text, priority smallint, subject text, text text, html text, "templateId" uuid,
  "templateVersion" int, "audienceId" uuid, "contactSelection" text, "campaignId" uuid, open boolean,
  "sendAt" timestamptz, "retryMode" text, "maxAttempts" smallint, "retryBackoff" text, "onUnknown" text,
  unsubscribable boolean, "fromAddress" text, "fromName" text, "replyTo" text, "references" text[],
  "idempotencyKey" text, "recipientCount" int, "duplicateCount" int, "plannedCount" int`;

/**
 * Returns SQL that creates messages, and returns them as `WrittenMessage`. A message is skipped if its
 * idempotency key belongs to an earlier one.
 *
 * @param source item of FROM with the columns of `NEW_MESSAGE`
 */
export function insertMessagesFrom(source: string): string {
  // In the order of their keys, because two statements with the same keys would otherwise deadlock.
  return `insert into messages (id, organization_id, user_id, title, channel, type, lane, priority,
     subject, text_body, html_body, template_id, template_version, audience_id, contact_selection,
     campaign_id, open, send_at, retry_mode, max_attempts, retry_backoff, on_unknown, unsubscribable,
     from_address, from_name, reply_to, reference_ids, idempotency_key, recipient_count,
     duplicate_count, planned_count, status, started_at)
   select id, "organizationId", "userId", title, channel, type, lane, priority, subject, text, html,
     "templateId", "templateVersion", "audienceId", "contactSelection", "campaignId", open, "sendAt",
     "retryMode", "maxAttempts", "retryBackoff", "onUnknown", unsubscribable,
     -- A message without its own sender has that of its organization, even if that changes later.
     coalesce("fromAddress", from_address),
     case when "fromAddress" is null then from_name else "fromName" end,
     coalesce("replyTo", reply_to), "references", "idempotencyKey", "recipientCount", "duplicateCount",
     "plannedCount",
     case when "plannedCount" > 0 then 'SENDING' when "sendAt" > now() then 'SCHEDULED'
       when open then 'SENDING' else 'PLANNING' end,
     case when "plannedCount" > 0 then now() end
   from ${source} left join lateral (
     select from_address, from_name, reply_to from organizations
     -- The offset forces one index lookup per message: a join could read all organizations.
     where organizations.id = "organizationId" and channel = 'EMAIL' offset 0) sender on true
   order by "idempotencyKey", "organizationId", id
   on conflict (organization_id, idempotency_key) where idempotency_key is not null do nothing
   returning id, status, created_at as "createdAt", updated_at as "updatedAt",
     started_at as "startedAt", from_address as "fromAddress", from_name as "fromName",
     reply_to as "replyTo"`;
}

const INSERT = statement<[messages: string], WrittenMessage>(
  "messages.insert",
  insertMessagesFrom(`json_to_recordset($1::json) as r(${NEW_MESSAGE})`),
);

/** Writes a message; returns undefined if its idempotency key belongs to an earlier one. */
export async function insertMessage(
  tx: Connection,
  message: NewMessage,
): Promise<WrittenMessage | undefined> {
  const [written] = await tx.run(INSERT, JSON.stringify([message]));
  return written;
}

/** Returns a new message as it is stored. */
export function messageOf(
  { idempotencyKey: _, duplicateCount: __, ...message }: NewMessage,
  written: WrittenMessage,
): Message {
  return { ...message, ...written };
}
