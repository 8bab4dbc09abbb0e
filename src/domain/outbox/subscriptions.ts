import { type Connection, statement } from "../../db/database.ts";
import type { OutboxEvent } from "./event.ts";

const SUBSCRIBE = statement<[organizationId: string, endpointId: string, events: string[]]>(
  "outbox.subscribe",
  `with gone as (
     delete from outbox_subscriptions where endpoint_id = $2 and event <> all($3::text[])
   )
   insert into outbox_subscriptions (organization_id, event, endpoint_id)
   select $1, event, $2 from unnest($3::text[]) as e(event) on conflict do nothing`,
);

/**
 * Replaces the events that are appended to the outbox of an endpoint. The caller's transaction has locked the
 * endpoint.
 *
 * @param events none: the endpoint is disabled or deleted
 */
export async function subscribeEndpoint(
  tx: Connection,
  { id, organizationId }: { readonly id: string; readonly organizationId: string },
  events: readonly OutboxEvent[],
): Promise<void> {
  await tx.run(SUBSCRIBE, organizationId, id, [...events]);
}

/**
 * Returns SQL that ends the subscriptions of endpoints, as a part of the statement that disables them.
 *
 * @param endpointIds a SELECT of their ids
 */
export function unsubscribeEndpoints(endpointIds: string): string {
  return `delete from outbox_subscriptions where endpoint_id = any(array(${endpointIds}))`;
}
