import { statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { ConflictError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import { enqueueJobs, wakeWorkers } from "../jobs/enqueue.ts";
import { wakeParked } from "../jobs/park.ts";
import { allowProbe, publishProviders } from "../providers/circuit.ts";
import type { Services } from "../services.ts";
import { COLUMNS, getMessage } from "./find.ts";
import { finishMessage } from "./finish.ts";
import { listMessages, type MessageFilter } from "./list.ts";
import type { Message } from "./message.ts";
import { planJob } from "./plan.ts";

/**
 * Resumes a paused message for the caller. The circuits of its channel allow a probe at once, because
 * the caller expects the providers to work again.
 *
 * @throws {NotFoundError}
 * @throws {ConflictError} NOT_PAUSED, also for the message of a disabled campaign
 */
export async function resumeMessage(
  services: Services,
  caller: Caller,
  id: string,
): Promise<Message> {
  const message = await getMessage(services, caller, id);
  await allowProbes(services, message.channel);
  if (!await continueSending(services, message, true)) {
    const { status, campaignId, open } = await getMessage(services, caller, id);
    const fault = campaignId !== null && !open
      ? `enable its campaign ${toTypeId("campaign", campaignId)} instead`
      : `status is ${status}`;
    const name = toTypeId("message", id);
    throw new ConflictError("NOT_PAUSED", `Cannot resume message ${name}: ${fault}`);
  }
  return getMessage(services, caller, id);
}

/** Maximum number of messages that one call of `resumeMessages` resumes. */
export const MAX_RESUMED = 1_000;
const PAGE_SIZE = 200;

/**
 * Resumes the paused messages that match the filter and that the caller may see, oldest first. The circuits
 * of their channels allow a probe at once, as in `resumeMessage`.
 *
 * @param filter without fields: all paused messages
 * @returns the resumed messages, as they were before; after the maximum another call may find more
 */
export async function resumeMessages(
  services: Services,
  caller: Caller,
  filter: MessageFilter,
): Promise<Message[]> {
  if (filter.statuses && !filter.statuses.includes("PAUSED")) return [];
  const paused: MessageFilter = { ...filter, statuses: ["PAUSED"] };
  const resumed: Message[] = [];
  const probed = new Set<Message["channel"]>();
  let after: string | null = null;
  do {
    const first = Math.min(PAGE_SIZE, MAX_RESUMED - resumed.length);
    const { edges, pageInfo } = await listMessages(services, caller, paused, "CREATED_ASC", {
      first,
      after,
    });
    for (const { node } of edges) {
      if (!probed.has(node.channel)) await allowProbes(services, node.channel);
      probed.add(node.channel);
      if (await continueSending(services, node, true)) resumed.push(node);
    }
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after !== null && resumed.length < MAX_RESUMED);
  return resumed;
}

// In a transaction of its own, because pause() locks providers before the message: the reverse order could
// deadlock.
async function allowProbes(services: Services, channel: Message["channel"]): Promise<void> {
  publishProviders(services, await allowProbe(services.db, channel));
}

// Only a person resumes a message that a person has paused.
const RESUME = statement<[id: string, byPerson: boolean], Message>(
  "messages.resume",
  `update messages m set paused_at = null, pause_reason = null, pause_code = null,
     pause_provider_ids = null, updated_at = now(),
     status = case when campaign_id is null and planned_count = recipient_count then 'SENDING'
       when started_at is null and send_at > now() then 'SCHEDULED'
       when campaign_id is not null then 'SENDING'
       else 'PLANNING' end
   where id = $1 and status = 'PAUSED' and ($2 or pause_provider_ids is not null)
     and (campaign_id is null or open)
   returning ${COLUMNS}`,
);

/**
 * Resumes a paused message and its jobs.
 *
 * @param byPerson false: a message that a person has paused stays paused
 * @returns false if the message is not paused, or stays paused
 */
export async function continueSending(
  services: Services,
  { id, organizationId }: Pick<Message, "id" | "organizationId">,
  byPerson: boolean,
): Promise<boolean> {
  const resumed = await services.db.transaction(async (tx) => {
    // The message is locked before its jobs, so that parkJob() reads its status before or after this change.
    const [message] = await tx.run(RESUME, id, byPerson);
    if (!message) return undefined;
    await wakeParked(tx, toTypeId("message", id));
    // The planning job may have been cancelled or have failed; its unique key prevents a second one.
    if (message.campaignId === null && message.plannedCount < message.recipientCount) {
      await enqueueJobs(tx, [planJob(message)]);
    }
    return message;
  });
  if (!resumed) return false;
  wakeWorkers(services, [resumed.lane]);
  services.bus.publish("messages", organizationId, [id]);
  // The last batch may have ended while the message was paused.
  await finishMessage(services, resumed);
  return true;
}
