import { columnList } from "../../db/columns.ts";
import { type Connection, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import { mayAccess, type Message } from "./message.ts";

/** Columns of a message under the names of `Message`, for the query builder. */
export const MESSAGE_COLUMNS = [
  "id",
  "organization_id as organizationId",
  "user_id as userId",
  "title",
  "channel",
  "type",
  "lane",
  "priority",
  "status",
  "subject",
  "text_body as text",
  "html_body as html",
  "template_id as templateId",
  "template_version as templateVersion",
  "audience_id as audienceId",
  "campaign_id as campaignId",
  "open",
  "contact_selection as contactSelection",
  "contacts_after as contactsAfter",
  "send_at as sendAt",
  "retry_mode as retryMode",
  "max_attempts as maxAttempts",
  "retry_backoff as retryBackoff",
  "retry_rounds as retryRounds",
  "on_unknown as onUnknown",
  "unsubscribable",
  "from_address as fromAddress",
  "from_name as fromName",
  "reply_to as replyTo",
  "reference_ids as references",
  "recipient_count as recipientCount",
  "planned_count as plannedCount",
  "pause_reason as pauseReason",
  "pause_code as pauseCode",
  "pause_provider_ids as pauseProviderIds",
  "paused_at as pausedAt",
  "created_at as createdAt",
  "updated_at as updatedAt",
  "started_at as startedAt",
  "finished_at as finishedAt",
] as const;

/** The columns of a message as SQL text, for SELECT and RETURNING. */
export const COLUMNS = columnList(MESSAGE_COLUMNS);

const FIND = statement<[ids: string[]], Message>(
  "messages.find",
  `select ${COLUMNS} from messages where id = any($1)`,
);

/** Finds messages by id in all organizations. The caller must check access. */
export function findMessages(db: Connection, ids: readonly string[]): Promise<Message[]> {
  return db.run(FIND, [...ids]);
}

/** Finds a message of an organization. The caller must check access within the organization. */
export async function findMessage(
  db: Connection,
  organizationId: string,
  id: string,
): Promise<Message | undefined> {
  const [message] = await db.run(FIND, [id]);
  return message?.organizationId === organizationId ? message : undefined;
}

/**
 * Finds a message that the caller may see.
 *
 * @throws {NotFoundError} if it does not exist, or the caller may not see it
 */
export async function getMessage({ db }: Services, caller: Caller, id: string): Promise<Message> {
  const message = await findMessage(db, caller.organizationId, id);
  if (!message || !mayAccess(caller, message)) throw new NotFoundError([toTypeId("message", id)]);
  return message;
}

const FIND_BY_KEY = statement<[organizationId: string, idempotencyKey: string], Message>(
  "messages.findByKey",
  `select ${COLUMNS} from messages where organization_id = $1 and idempotency_key = $2`,
);

/** Finds the message that was sent with an idempotency key. */
export async function findByIdempotencyKey(
  db: Connection,
  organizationId: string,
  idempotencyKey: string,
): Promise<Message | undefined> {
  const [message] = await db.run(FIND_BY_KEY, organizationId, idempotencyKey);
  return message;
}
