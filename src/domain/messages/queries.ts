import { type Connection, statement } from "../../db/database.ts";
import type { Message } from "./message.ts";

/** A message's columns under the names of `Message`. */
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
  "audience_id as audienceId",
  "send_at as sendAt",
  "retry_mode as retryMode",
  "max_attempts as maxAttempts",
  "retry_rounds as retryRounds",
  "on_unknown as onUnknown",
  "unsubscribable",
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

/** The same as SQL text. */
export const COLUMNS = MESSAGE_COLUMNS.map((c) => c.replace(/ as (.*)/, ' as "$1"')).join(", ");

const FIND = statement<[ids: string[]], Message>(
  "messages.find",
  `select ${COLUMNS} from messages where id = any($1)`,
);

const FIND_BY_KEY = statement<[organizationId: string, idempotencyKey: string], Message>(
  "messages.findByKey",
  `select ${COLUMNS} from messages where organization_id = $1 and idempotency_key = $2`,
);

/** Messages by id, of every organization: for watchers, who check access themselves. */
export function findMessages(db: Connection, ids: readonly string[]): Promise<Message[]> {
  return db.run(FIND, [...ids]);
}

/** One message of an organization. */
export async function findMessage(
  db: Connection,
  organizationId: string,
  id: string,
): Promise<Message | undefined> {
  const [message] = await db.run(FIND, [id]);
  return message?.organizationId === organizationId ? message : undefined;
}

/** The message that an idempotency key names. */
export async function findByIdempotencyKey(
  db: Connection,
  organizationId: string,
  idempotencyKey: string,
): Promise<Message | undefined> {
  const [message] = await db.run(FIND_BY_KEY, organizationId, idempotencyKey);
  return message;
}
