import { type Connection, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { BATCH_SIZE } from "../deliveries/batches.ts";
import { ConflictError, NotFoundError } from "../errors.ts";
import { newId, toTypeId } from "../id.ts";
import { enqueueJobs, wakeWorkers } from "../jobs/enqueue.ts";
import { wakeParked } from "../jobs/park.ts";
import type { Recipient } from "../recipients.ts";
import type { Services } from "../services.ts";
import { pause } from "./flow.ts";
import { checkInput, type SendMessageInput } from "./input.ts";
import { isFinal, mayAccess, type Message } from "./message.ts";
import { planJob } from "./plan.ts";
import { resume } from "./resume.ts";
import { COLUMNS, findByIdempotencyKey, findMessage } from "./queries.ts";

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
     subject, text_body, html_body, audience_id, send_at, retry_mode, max_attempts, on_unknown,
     unsubscribable, idempotency_key, recipient_count, duplicate_count)
   values ($1, $2, $3, $4, $5, $6, $7, $8, case when $13 > now() then 'SCHEDULED' else 'PLANNING' end,
     $9, $10, $11, $12, $13::timestamptz, $14, $15, $16, $17, $18, $19, $20)
   on conflict (organization_id, idempotency_key) where idempotency_key is not null do nothing
   returning id`,
);

const INSERT_DELIVERIES = statement<
  [
    organizationId: string,
    messageId: string,
    ids: string[],
    addresses: string[],
    names: (string | null)[],
    variables: string[],
  ]
>(
  "deliveries.insert",
  `insert into deliveries (id, organization_id, message_id, n, batch_number, address, name, variables)
   select id, $1, $2, n, (n + ${BATCH_SIZE} - 1) / ${BATCH_SIZE}, address, name, variables::jsonb
   from unnest($3::uuid[], $4::text[], $5::text[], $6::text[])
     with ordinality as r(id, address, name, variables, n)`,
);

const CANCEL = statement<[id: string], Message>(
  "messages.cancel",
  `update messages set status = 'CANCELLED', finished_at = now(), paused_at = null,
     pause_reason = null, pause_code = null, pause_provider_ids = null, updated_at = now()
   where id = $1 and status in ('SCHEDULED', 'PLANNING', 'SENDING', 'PAUSED')
   returning ${COLUMNS}`,
);

/**
 * Sends a message, now or at `sendAt`. Returns at once: planning and sending are jobs.
 *
 * @returns the message; `created` is false when the idempotency key named an earlier one
 * @throws {InvalidInputError} with every fault that was found; nothing is written then
 * @throws {NotFoundError} for an audience that the caller may not see
 * @throws {ConflictError} when the key names a message that the caller may not see
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
  const deliveryIds = recipients.map(() => newId());
  const jobIds = await services.db.transaction(async (tx) => {
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
      input.onUnknown,
      input.unsubscribable,
      fields.idempotencyKey ?? null,
      audience?.recipientCount ?? recipients.length,
      duplicates,
    );
    if (inserted.length === 0) return null;
    if (!audience) await insertDeliveries(tx, base, deliveryIds, recipients);
    const { lane, priority } = input;
    return await enqueueJobs(tx, [planJob({ ...base, lane, priority, type: fields.type })]);
  });
  if (!jobIds) return { message: await earlierMessage(services, caller, input), created: false };
  wakeWorkers(services);
  services.bus.publish("messages", caller.organizationId, [id]);
  services.bus.publish("jobs", caller.organizationId, jobIds);
  if (!audience) services.bus.publish("deliveries", caller.organizationId, deliveryIds);
  return { message: await getMessage(services, caller, id), created: true };
}

async function insertDeliveries(
  tx: Connection,
  { id, organizationId }: Pick<Message, "id" | "organizationId">,
  deliveryIds: readonly string[],
  recipients: readonly Recipient[],
): Promise<void> {
  await tx.run(
    INSERT_DELIVERIES,
    organizationId,
    id,
    [...deliveryIds],
    recipients.map(({ address }) => address),
    recipients.map(({ name }) => name),
    recipients.map(({ variables }) => JSON.stringify(variables)),
  );
}

async function earlierMessage(
  { db }: Services,
  caller: Caller,
  { idempotencyKey }: SendMessageInput,
): Promise<Message> {
  const key = (idempotencyKey ?? "").trim();
  const message = await findByIdempotencyKey(db, caller.organizationId, key);
  if (message && mayAccess(caller, message)) return message;
  throw new ConflictError("NAME_TAKEN", `The idempotency key ${key} was used by somebody else`);
}

/** One message. @throws {NotFoundError} also for what the caller may not see */
export async function getMessage({ db }: Services, caller: Caller, id: string): Promise<Message> {
  const message = await findMessage(db, caller.organizationId, id);
  if (!message || !mayAccess(caller, message)) throw new NotFoundError([toTypeId("message", id)]);
  return message;
}

/**
 * Stops a message: what is in flight is still recorded, nothing more goes out. Pausing a paused one
 * changes nothing.
 *
 * @throws {NotFoundError} @throws {ConflictError} ALREADY_FINISHED
 */
export async function pauseMessage(
  services: Services,
  caller: Caller,
  id: string,
): Promise<Message> {
  const message = await getMessage(services, caller, id);
  const paused = await pause(services, message, {
    reason: "Paused by a person",
    code: null,
    providers: null,
  });
  if (!paused) throw alreadyFinished("pause", await getMessage(services, caller, id));
  return paused;
}

/**
 * Lets a paused message go on where it stood. Whoever does so thinks that its providers work again: they
 * may be tried at once.
 *
 * @throws {NotFoundError} @throws {ConflictError} NOT_PAUSED
 */
export async function resumeMessage(
  services: Services,
  caller: Caller,
  id: string,
): Promise<Message> {
  const message = await getMessage(services, caller, id);
  if (!await resume(services, message)) {
    const { status } = await getMessage(services, caller, id);
    throw new ConflictError("NOT_PAUSED", `Cannot resume the message: it is ${status}`);
  }
  return getMessage(services, caller, id);
}

/**
 * Ends a message: what is in flight is still recorded, what waited is CANCELLED.
 *
 * @throws {NotFoundError} @throws {ConflictError} ALREADY_FINISHED
 */
export async function cancelMessage(
  services: Services,
  caller: Caller,
  id: string,
): Promise<Message> {
  await getMessage(services, caller, id);
  const cancelled = await services.db.transaction(async (tx) => {
    const [message] = await tx.run(CANCEL, id);
    // Parked jobs wake up, see that it is over and end.
    if (message) await wakeParked(tx, toTypeId("message", id));
    return message;
  });
  if (!cancelled) throw alreadyFinished("cancel", await getMessage(services, caller, id));
  wakeWorkers(services);
  services.bus.publish("messages", caller.organizationId, [id]);
  services.bus.publish("deliveries", caller.organizationId, null);
  return cancelled;
}

function alreadyFinished(action: string, { status }: Message): ConflictError {
  if (!isFinal(status)) throw new Error(`Cannot ${action} a message that is ${status}`);
  return new ConflictError("ALREADY_FINISHED", `Cannot ${action} the message: it is ${status}`);
}
