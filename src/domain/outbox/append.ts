import { type Connection, statement } from "../../db/database.ts";
import type { OutboxEvent } from "./event.ts";

/** A new event of one object. */
export interface NewEvent {
  readonly organizationId: string;
  readonly event: OutboxEvent;
  /** Database id of the object. Its events are delivered in the order in which they were appended. */
  readonly objectId: string;
  /** Fields of the event, as `webhooks/payload.ts` expects them; never the content of a message. */
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * Returns SQL that appends events to the outboxes of the endpoints that get them, as a part of the statement
 * that makes the change. Writes nothing for an organization without such an endpoint.
 *
 * @param events a SELECT of `organization_id`, `event`, `object_id` and `data` (jsonb); one row per event
 */
export function appendEvents(events: string): string {
  return `insert into outbox (endpoint_id, event, object_id, data)
     select s.endpoint_id, e.event, e.object_id, e.data
     from (${events}) e join outbox_subscriptions s
       on s.organization_id = e.organization_id and s.event = e.event`;
}

const APPEND = statement<[events: string]>(
  "outbox.append",
  appendEvents(
    `select "organizationId" as organization_id, event, "objectId" as object_id, data
     from jsonb_to_recordset($1::jsonb)
       as r("organizationId" uuid, event text, "objectId" uuid, data jsonb)`,
  ),
);

/** Appends events in the transaction of the change, if no statement of it can contain `appendEvents`. */
export async function recordEvents(tx: Connection, events: readonly NewEvent[]): Promise<void> {
  if (events.length > 0) await tx.run(APPEND, JSON.stringify(events));
}
