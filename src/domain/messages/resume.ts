import { statement } from "../../db/database.ts";
import { toTypeId } from "../id.ts";
import { enqueueJobs, wakeWorkers } from "../jobs/enqueue.ts";
import { wakeParked } from "../jobs/park.ts";
import { announceProviders, letTryAgain } from "../providers/circuit.ts";
import type { Services } from "../services.ts";
import { finishMessage } from "./flow.ts";
import type { Message } from "./message.ts";
import { planJob } from "./plan.ts";
import { COLUMNS } from "./queries.ts";

// The rate is measured anew: a night spent PAUSED does not say how long the rest will take.
// For a provider: unless somebody has paused it meanwhile, whose word goes over that.
const RESUME = statement<[id: string, providerId: string | null], Message>(
  "messages.resume",
  `update messages m set paused_at = null, pause_reason = null, pause_code = null,
     pause_provider_ids = null, updated_at = now(),
     status = case when planned_count = recipient_count then 'SENDING'
       when started_at is null and send_at > now() then 'SCHEDULED'
       else 'PLANNING' end,
     pass_started_at = case when started_at is not null then now() end,
     pass_ended_count = (
       select coalesce(sum(ended), 0) from delivery_counters where message_id = m.id)
   where id = $1 and status = 'PAUSED' and ($2::uuid is null or $2 = any(pause_provider_ids))
   returning ${COLUMNS}`,
);

const PAUSED_FOR = statement<[providerId: string], Message>(
  "messages.pausedFor",
  `select ${COLUMNS} from messages where status = 'PAUSED' and $1 = any(pause_provider_ids)
   order by id`,
);

/**
 * Lets a paused message go on where it stood; the open providers of its channel may be tried at once.
 *
 * @returns false when it is not paused (any more)
 */
export async function resume(services: Services, message: Message): Promise<boolean> {
  await letTry(services, message.channel);
  return await goOn(services, message, null);
}

/**
 * Lets everything go on, in whichever organization, that was paused because of a provider.
 *
 * @returns the messages that go on, as they were
 */
export async function resumePausedFor(services: Services, providerId: string): Promise<Message[]> {
  const paused = await services.db.run(PAUSED_FOR, providerId);
  const [first] = paused;
  // All are of the provider's channel.
  if (first) await letTry(services, first.channel);
  const resumed: Message[] = [];
  for (const message of paused) {
    if (await goOn(services, message, providerId)) resumed.push(message);
  }
  return resumed;
}

// Apart from the message, which whoever pauses it locks after its providers.
async function letTry(services: Services, channel: Message["channel"]): Promise<void> {
  announceProviders(services, await letTryAgain(services.db, channel));
}

async function goOn(
  services: Services,
  { id, organizationId }: Message,
  providerId: string | null,
): Promise<boolean> {
  const resumed = await services.db.transaction(async (tx) => {
    // The message first, its jobs second: one that parks itself sees either PAUSED or this.
    const [message] = await tx.run(RESUME, id, providerId);
    if (!message) return undefined;
    await wakeParked(tx, toTypeId("message", id));
    // The job that planned it may have been cancelled or set aside; one that is left stays alone.
    if (message.plannedCount < message.recipientCount) await enqueueJobs(tx, [planJob(message)]);
    return message;
  });
  if (!resumed) return false;
  wakeWorkers(services);
  services.bus.publish("messages", organizationId, [id]);
  // Its last batch may have ended while it was paused.
  await finishMessage(services, resumed);
  return true;
}
