import type { Caller } from "../access/access.ts";
import type { Audience } from "../audiences/audience.ts";
import { lockForUse } from "../audiences/delete.ts";
import { BATCH_SIZE } from "../deliveries/batches.ts";
import { insertDeliveries, newDeliveries } from "../deliveries/create.ts";
import { ConflictError } from "../errors.ts";
import { newId } from "../id.ts";
import { announceJob } from "../jobs/announce.ts";
import { enqueueJobs, wakeWorkers } from "../jobs/enqueue.ts";
import type { Recipient } from "../recipients.ts";
import type { Services } from "../services.ts";
import {
  insertMessage,
  messageOf,
  type NewMessage,
  newMessage,
  type WrittenMessage,
} from "./create.ts";
import { findByIdempotencyKey } from "./find.ts";
import { checkInput, type SendMessageInput } from "./input.ts";
import { mayAccess, type Message } from "./message.ts";
import { toastStart } from "./notify.ts";
import { planJob } from "./plan.ts";
import { type SmallMessage, writeSmallMessage } from "./send_now.ts";

/** Result of `sendMessage`. */
export interface SentMessage {
  readonly message: Message;
  readonly created: boolean;
  /** Number of selected contacts without an address on the channel; null: it is not sent to contacts. */
  readonly withoutAddressCount: number | null;
}

/**
 * Sends a message, now or at `sendAt`. It returns at once, because jobs plan and send the message. A message
 * to up to 100 inline recipients without a `sendAt` needs no planning: its batch is written together with it.
 *
 * @returns the message; `created` is false if the idempotency key belongs to an earlier one. For contacts also the
 *   number of those without an address on the channel, else null
 * @throws {InvalidInputError} with every fault found; nothing is written then
 * @throws {NotFoundError} for an audience that the caller may not see, and for unknown contacts and templates
 * @throws {ConflictError} NAME_TAKEN if the key belongs to a message that the caller may not see
 */
export async function sendMessage(
  services: Services,
  caller: Caller,
  input: SendMessageInput,
): Promise<SentMessage> {
  const checked = await checkInput(services, caller, input);
  const { recipients, audience, contacts } = checked;
  // Whether a `sendAt` is due is decided by the database, when the message is planned.
  const isInline = !audience && contacts?.selection == null;
  const isSmall = !input.sendAt && isInline && recipients.length <= BATCH_SIZE;
  const message = newMessage(caller, input, checked, isSmall);
  const written = isSmall
    ? await sendSmall(services, message, recipients)
    : await sendPlanned(services, message, audience ?? recipients);
  const withoutAddressCount = contacts?.withoutAddressCount ?? null;
  if (written) {
    if (!input.sendAt) toastStart(services, message);
    return { message: messageOf(message, written), created: true, withoutAddressCount };
  }
  const earlier = await earlierMessage(services, caller, message);
  return { message: earlier, created: false, withoutAddressCount };
}

async function sendSmall(
  services: Services,
  message: NewMessage,
  recipients: readonly Recipient[],
): Promise<WrittenMessage | null> {
  const deliveries = newDeliveries(message, recipients);
  const jobId = newId();
  const small = { message, deliveries, batchId: newId(), jobId };
  const written = await writeSmallMessage(services.db, small);
  if (written) publishSmall(services, small);
  return written;
}

/** Wakes the workers for a message that was written with its batch, and publishes it, after the commit. */
export function publishSmall(
  services: Services,
  { message, deliveries, jobId }: Omit<SmallMessage, "batchId">,
): void {
  const { organizationId, lane, type: topic, recipientCount: size } = message;
  announceJob(services, { lane, organizationId, topic, size });
  publish(services, message, [jobId], deliveries);
}

/** @param to inline recipients, none for contacts; or an audience. Planning copies contacts and audiences. */
async function sendPlanned(
  services: Services,
  message: NewMessage,
  to: readonly Recipient[] | Audience,
): Promise<WrittenMessage | null> {
  const deliveries = newDeliveries(message, "id" in to ? [] : to);
  let jobIds: string[] = [];
  const written = await services.db.transaction(async (tx) => {
    if ("id" in to) await lockForUse(tx, to);
    const inserted = await insertMessage(tx, message);
    if (!inserted) return null;
    if (deliveries.length > 0) await insertDeliveries(tx, deliveries);
    jobIds = await enqueueJobs(tx, [planJob(message)]);
    return inserted;
  });
  if (written) {
    wakeWorkers(services, [message.lane]);
    publish(services, message, jobIds, deliveries);
  }
  return written;
}

function publish(
  services: Services,
  { id, organizationId }: NewMessage,
  jobIds: readonly string[],
  deliveries: readonly { readonly id: string }[],
): void {
  services.bus.publish("messages", organizationId, [id]);
  services.bus.publish("jobs", organizationId, jobIds);
  services.bus.publish("deliveries", organizationId, deliveries.map(({ id }) => id));
}

async function earlierMessage(
  { db }: Services,
  caller: Caller,
  { organizationId, idempotencyKey }: NewMessage,
): Promise<Message> {
  const message = await findByIdempotencyKey(db, organizationId, idempotencyKey ?? "");
  if (message && mayAccess(caller, message)) return message;
  throw new ConflictError(
    "NAME_TAKEN",
    `Cannot send the message: another user has used the idempotency key ${idempotencyKey}; ` +
      "choose another key",
  );
}
