import { statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { insertDeliveries } from "../deliveries/create.ts";
import { ConflictError } from "../errors.ts";
import { newId } from "../id.ts";
import { enqueueJobs, wakeWorkers } from "../jobs/enqueue.ts";
import type { Services } from "../services.ts";
import { findByIdempotencyKey, getMessage } from "./find.ts";
import { checkInput, DEFAULT_RETRY, type SendMessageInput } from "./input.ts";
import { mayAccess, type Message } from "./message.ts";
import { planJob } from "./plan.ts";

const INSERT = statement<
  [
    id: string,
    organizationId: string,
    userId: string | null,
    title: string,
    channel: string,
    type: string,
    lane: string,
    priority: number,
    subject: string,
    text: string | null,
    html: string | null,
    audienceId: string | null,
    sendAt: Date | null,
    retryMode: string,
    maxAttempts: number,
    retryBackoff: string,
    onUnknown: string,
    unsubscribable: boolean,
    idempotencyKey: string | null,
    recipientCount: number,
    duplicateCount: number,
  ],
  { id: string }
>(
  "messages.insert",
  `insert into messages (id, organization_id, user_id, title, channel, type, lane, priority, status,
     subject, text_body, html_body, audience_id, send_at, retry_mode, max_attempts, retry_backoff,
     on_unknown, unsubscribable, idempotency_key, recipient_count, duplicate_count)
   values ($1, $2, $3, $4, $5, $6, $7, $8, case when $13 > now() then 'SCHEDULED' else 'PLANNING' end,
     $9, $10, $11, $12, $13::timestamptz, $14, $15, $16, $17, $18, $19, $20, $21)
   on conflict (organization_id, idempotency_key) where idempotency_key is not null do nothing
   returning id`,
);

/**
 * Sends a message, now or at `sendAt`. It returns at once, because jobs plan and send the message.
 *
 * @returns the message; `created` is false if the idempotency key belongs to an earlier one
 * @throws {InvalidInputError} with every fault found; nothing is written then
 * @throws {NotFoundError} for an audience that the caller may not see
 * @throws {ConflictError} NAME_TAKEN if the key belongs to a message that the caller may not see
 */
export async function sendMessage(
  services: Services,
  caller: Caller,
  input: SendMessageInput,
): Promise<{ message: Message; created: boolean }> {
  const { fields, recipients, duplicates, audience } = await checkInput(services, caller, input);

  const id = newId();
  const sendAt = input.sendAt ?? null;
  const base = { id, organizationId: caller.organizationId, userId: caller.userId, sendAt };
  const written = await services.db.transaction(async (tx) => {
    const inserted = await tx.run(
      INSERT,
      id,
      caller.organizationId,
      caller.userId,
      fields.title,
      input.channel,
      fields.type,
      input.lane,
      input.priority,
      fields.content.subject,
      input.content.text ?? null,
      input.content.html ?? null,
      audience?.id ?? null,
      sendAt,
      input.retry.mode,
      input.retry.maxAttempts,
      input.retry.backoff ?? DEFAULT_RETRY.backoff,
      input.onUnknown,
      input.unsubscribable,
      fields.idempotencyKey ?? null,
      audience?.recipientCount ?? recipients.length,
      duplicates,
    );
    if (inserted.length === 0) return null;
    const deliveryIds = audience ? [] : await insertDeliveries(tx, base, recipients);
    const { lane, priority } = input;
    const job = planJob({ ...base, lane, priority, type: fields.type });
    return { deliveryIds, jobIds: await enqueueJobs(tx, [job]) };
  });
  if (!written) return { message: await earlierMessage(services, caller, input), created: false };
  const { deliveryIds, jobIds } = written;
  wakeWorkers(services, [input.lane]);
  services.bus.publish("messages", caller.organizationId, [id]);
  services.bus.publish("jobs", caller.organizationId, jobIds);
  if (!audience) services.bus.publish("deliveries", caller.organizationId, deliveryIds);
  return { message: await getMessage(services, caller, id), created: true };
}

async function earlierMessage(
  { db }: Services,
  caller: Caller,
  { idempotencyKey }: SendMessageInput,
): Promise<Message> {
  const key = (idempotencyKey ?? "").trim();
  const message = await findByIdempotencyKey(db, caller.organizationId, key);
  if (message && mayAccess(caller, message)) return message;
  throw new ConflictError(
    "NAME_TAKEN",
    `Cannot send the message: another user has used the idempotency key ${key}; choose another key`,
  );
}
