import { type Connection, LONG, statement } from "../../db/database.ts";
import { eraserByIds } from "../eraser.ts";

/** Erases messages; their batches, counters and deliveries must be erased before. */
export const messagesEraser = eraserByIds("messages.erase", "messages", {
  countLabel: "messages.countAll",
});

// Each part of the condition is that of a partial index.
const CANCEL_ACTIVE = statement<[organizationId: string], { id: string }>(
  "messages.cancelActive",
  `update messages set status = 'CANCELLED', finished_at = now(), paused_at = null,
     pause_reason = null, pause_code = null, pause_provider_ids = null, updated_at = now()
   where id = any(array(
     select id from messages
     where (status in ('PLANNING', 'SENDING') or status = 'SCHEDULED' or status = 'PAUSED')
       and organization_id = $1
     order by id for no key update))
   returning id`,
  LONG,
);

/**
 * Cancels the unfinished messages of an organization, also scheduled and paused ones, which the schedule or the
 * recovery of a provider would start.
 */
export async function cancelActive(db: Connection, organizationId: string): Promise<void> {
  await db.run(CANCEL_ACTIVE, organizationId);
}
