import { type Connection, statement } from "../../db/database.ts";
import { toTypeId } from "../id.ts";
import { wakeParked } from "../jobs/park.ts";
import { insertMessage, type NewMessage } from "./create.ts";
import { COLUMNS } from "./find.ts";
import type { Content, Message } from "./message.ts";
import { appendMessageEvents } from "./outbox_events.ts";

/*
 * The message of a campaign. Its recipients are added while it is open, and batches are cut from them in the order
 * of their positions. An open message does not end.
 */

const MAIL = {
  channel: "EMAIL",
  priority: 0,
  audienceId: null,
  contactSelection: null,
  contactsAfter: null,
  open: true,
  // A message that does not end has no rounds: deliveries wait for their next attempt in their batch.
  retryMode: "AUTO",
  maxAttempts: 3,
  retryBackoff: "GROWING",
  retryRounds: 0,
  onUnknown: "HOLD",
  unsubscribable: true,
  fromAddress: null,
  fromName: null,
  replyTo: null,
  references: [],
  idempotencyKey: null,
  recipientCount: 0,
  duplicateCount: 0,
  plannedCount: 0,
  pauseReason: null,
  pauseCode: null,
  pauseProviderIds: null,
  pausedAt: null,
  finishedAt: null,
} as const;

/** Content of a message, and the version of the template that it is a copy of. */
export type OpenContent = Content & Pick<Message, "templateId" | "templateVersion">;

/** Fields of a message that its campaign decides. */
export type OpenMessage =
  & Pick<Message, "id" | "organizationId" | "userId" | "title" | "type" | "lane" | "sendAt">
  & OpenContent
  & { readonly campaignId: string };

/** Creates the open message of a campaign, without recipients: SCHEDULED until its `sendAt`, else SENDING. */
export async function insertOpenMessage(tx: Connection, message: OpenMessage): Promise<void> {
  const row: NewMessage = { ...MAIL, ...message };
  if (!await insertMessage(tx, row)) throw new Error(`Cannot create message ${message.id}`);
}

// Recipients or batches wait. A message that was never sent has no result, so that it does not end, either.
const WAITS = `(m.status = 'PAUSED' or m.started_at is null or m.planned_count < m.recipient_count
  or exists (select from batches where message_id = m.id and finished_at is null))`;

const HAS_UNFINISHED = statement<[id: string], { found: boolean }>(
  "messages.hasUnfinishedBatches",
  `select exists (
     select from batches where message_id = $1 and finished_at is null) as found`,
);

/** Whether mails of a message are queued, or are being sent. */
export async function hasUnfinishedBatches(tx: Connection, id: string): Promise<boolean> {
  const [row] = await tx.run(HAS_UNFINISHED, id);
  return row?.found ?? false;
}

const CLOSE = statement<[id: string, reason: string, code: string]>(
  "messages.close",
  `update messages m set open = false, updated_at = now(),
     status = case when ${WAITS} then 'PAUSED' else status end,
     paused_at = case when ${WAITS} then coalesce(paused_at, now()) end,
     pause_reason = case when ${WAITS} then $2 end,
     pause_code = case when ${WAITS} then $3 end,
     pause_provider_ids = null
   where m.id = $1 and m.open`,
);

/**
 * Closes the message of a campaign: it is PAUSED if recipients wait, until it is opened again. Otherwise it ends
 * with `finishMessage`, which the caller must call after the commit.
 *
 * @param id message that the transaction has locked
 */
export async function closeMessage(tx: Connection, id: string): Promise<void> {
  await tx.run(CLOSE, id, "Its campaign is disabled", "CAMPAIGN_DISABLED");
}

const REOPEN = statement<[id: string]>(
  "messages.reopen",
  `update messages set open = true, finished_at = null, paused_at = null, pause_reason = null,
     pause_code = null, pause_provider_ids = null, updated_at = now(),
     status = case when started_at is null and send_at > now() then 'SCHEDULED' else 'SENDING' end
   where id = $1 and not open and campaign_id is not null and status <> 'CANCELLED'`,
);

/** Opens a closed message again, and continues its batches. Call `wakeWorkers` after the commit. */
export async function reopenMessage(tx: Connection, id: string): Promise<void> {
  await tx.run(REOPEN, id);
  await wakeParked(tx, toTypeId("message", id));
}

const EDIT = statement<
  [
    id: string,
    title: string | null,
    subject: string | null,
    text: string | null,
    html: string | null,
    sendAt: Date | null,
    templateId: string | null,
    templateVersion: number | null,
  ],
  Message
>(
  "messages.editOpen",
  `update messages m set updated_at = now(), content_version = content_version + 1,
     title = coalesce($2, title),
     subject = coalesce($3, subject),
     text_body = case when $3 is null then text_body else $4 end,
     html_body = case when $3 is null then html_body else $5 end,
     template_id = case when $3 is null then template_id else $7::uuid end,
     template_version = case when $3 is null then template_version else $8::int end,
     send_at = coalesce($6, send_at),
     status = case when $6 > now() and started_at is null and status = 'SENDING' then 'SCHEDULED'
       else status end,
     from_address = (select from_address from organizations where id = m.organization_id),
     from_name = (select from_name from organizations where id = m.organization_id),
     reply_to = (select reply_to from organizations where id = m.organization_id)
   where m.id = $1 and campaign_id is not null
   returning ${COLUMNS}`,
);

/**
 * Changes the message of a campaign, for deliveries that are not being sent yet. Its sender becomes the present one
 * of its organization.
 *
 * @param changes absent fields keep their value
 */
export async function editOpenMessage(
  tx: Connection,
  id: string,
  { title, content, sendAt }: {
    readonly title?: string;
    readonly content?: OpenContent;
    readonly sendAt?: Date;
  },
): Promise<void> {
  const { subject = null, text = null, html = null } = content ?? {};
  const { templateId = null, templateVersion = null } = content ?? {};
  await tx.run(
    EDIT,
    id,
    title ?? null,
    subject,
    text,
    html,
    sendAt ?? null,
    templateId,
    templateVersion,
  );
}

/**
 * Returns SQL that adds recipients to open messages, for statements that create their deliveries. It returns `id`,
 * and of the changed messages `recipient_count` and `last_batch`, and what their jobs need.
 *
 * @param added name of a WITH query with the columns id, added (number of recipients) and batches (number of
 *   batches that are created with them; 0: the recipients wait). The transaction has locked the messages.
 */
export function growMessages(added: string): string {
  return `update messages m set updated_at = now(), recipient_count = m.recipient_count + a.added,
     planned_count = m.planned_count + case when a.batches > 0 then a.added else 0 end,
     last_batch = m.last_batch + a.batches,
     started_at = case when a.batches > 0 then coalesce(m.started_at, now()) else m.started_at end
   from ${added} a
   -- The array makes the planner look up these few rows by their ids.
   where m.id = a.id and m.id = any(array(select id from ${added}))
   returning m.id, m.recipient_count, m.last_batch, m.user_id, m.lane, m.type, m.priority`;
}

/**
 * Returns SQL that appends MESSAGE_STARTED to the outbox for open messages whose first batches are created, for the
 * statements of `growMessages` and `advanceMessages`.
 *
 * @param begun name of a WITH query with the columns id, and count: number of recipients that the message has then
 */
export function appendStarts(begun: string): string {
  return appendMessageEvents(
    "MESSAGE_STARTED",
    `select m.organization_id, m.id, m.title, m.type, m.channel, 'SENDING' as status,
       s.count as recipient_count
     from ${begun} s join messages m on m.id = s.id
     where m.started_at is null and m.id = any(array(select id from ${begun}))`,
  );
}

/**
 * Returns SQL that records that batches were cut from open messages, for the statement that creates them.
 *
 * @param cut name of a WITH query with the columns id, planned (number of recipients in batches), last_batch.
 *   The transaction has locked the messages.
 */
export function advanceMessages(cut: string): string {
  return `update messages m set updated_at = now(), planned_count = c.planned, last_batch = c.last_batch,
     status = 'SENDING', started_at = coalesce(m.started_at, now())
   from ${cut} c where m.id = c.id and m.id = any(array(select id from ${cut}))
   returning m.id`;
}
