import { type Connection, LONG, statement } from "../../db/database.ts";
import { eraseBy, type Eraser } from "../eraser.ts";

/** Erases messages; their batches, counters and deliveries must be erased before. */
export const messagesEraser: Eraser = {
  tables: ["messages"],
  count: statement(
    "messages.countAll",
    "select count(*) as count from messages where organization_id = $1",
    LONG,
  ),
  erase: eraseBy(statement(
    "messages.erase",
    `with page as materialized (
       select id from messages where organization_id = $1 and id > $2 order by id limit $3
     ),
     gone as (delete from messages where id = any(array(select id from page)))
     select count(*) as erased, (array_agg(id order by id desc))[1] as last from page`,
    LONG,
  )),
};

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
