import { statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { ConflictError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import { wakeWorkers } from "../jobs/enqueue.ts";
import { wakeScheduled } from "../jobs/park.ts";
import type { Services } from "../services.ts";
import { COLUMNS, getMessage } from "./find.ts";
import { alreadyFinished, type Message } from "./message.ts";
import { appendMessageEvents } from "./outbox_events.ts";

const CANCEL = statement<[id: string], Message>(
  "messages.cancel",
  `with cancelled as (
     update messages set status = 'CANCELLED', finished_at = now(), paused_at = null,
       pause_reason = null, pause_code = null, pause_provider_ids = null, updated_at = now()
     where id = $1 and campaign_id is null
         and status in ('SCHEDULED', 'PLANNING', 'SENDING', 'PAUSED')
     returning *
   ),
   events as (${appendMessageEvents("MESSAGE_FINISHED", "select * from cancelled")})
   select ${COLUMNS} from cancelled`,
);

/**
 * Cancels a message permanently. Deliveries in flight are still recorded; pending ones become CANCELLED.
 *
 * @throws {NotFoundError}
 * @throws {ConflictError} ALREADY_FINISHED; NOT_CANCELLABLE for the message of a campaign
 */
export async function cancelMessage(
  services: Services,
  caller: Caller,
  id: string,
): Promise<Message> {
  const { campaignId } = await getMessage(services, caller, id);
  if (campaignId !== null) {
    const campaign = toTypeId("campaign", campaignId);
    const reason = `Cannot cancel message ${toTypeId("message", id)}: disable campaign ${campaign}`;
    throw new ConflictError("NOT_CANCELLABLE", reason);
  }
  const cancelled = await services.db.transaction(async (tx) => {
    const [message] = await tx.run(CANCEL, id);
    // Only a run that finds the message CANCELLED ends its jobs, and some may be due in hours.
    if (message) await wakeScheduled(tx, toTypeId("message", id));
    return message;
  });
  if (!cancelled) throw alreadyFinished("cancel", await getMessage(services, caller, id));
  wakeWorkers(services, [cancelled.lane]);
  services.bus.publish("messages", caller.organizationId, [id]);
  services.bus.publish("deliveries", caller.organizationId, null);
  return cancelled;
}
