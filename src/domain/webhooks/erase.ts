import { type Connection, LONG, statement } from "../../db/database.ts";
import { eraserByIds } from "../eraser.ts";
import { eraseEventsOf } from "../outbox/erase.ts";
import type { Person } from "../person.ts";

/** Erases calls and their attempts. */
export const callsEraser = eraserByIds("webhooks.eraseCalls", "webhook_calls", {
  children: [{ table: "webhook_attempts", key: "call_id" }],
});

/** Erases endpoints. */
export const endpointsEraser = eraserByIds("webhooks.eraseEndpoints", "webhook_endpoints");

/** Erases listeners. */
export const listenersEraser = eraserByIds("webhooks.eraseListeners", "webhook_listeners");

const ENDPOINT_IDS = statement<[organizationId: string], { id: string }>(
  "webhooks.idsOf",
  `select id from webhook_endpoints where organization_id = $1
   union all select id from webhook_listeners where organization_id = $1`,
);

// Comparing texts first limits parsing to the few calls that contain the address.
const ERASE_PERSON = statement<
  [organizationId: string, addresses: string[], inJson: string[]],
  { id: string }
>(
  "webhooks.erasePerson",
  `with named as materialized (
     select id, body::jsonb as body from webhook_calls
     where organization_id = $1
       and exists (select from unnest($3::text[]) a where strpos(lower(body), a) > 0)
   ),
   rest as materialized (
     select id, body, (select jsonb_agg(item order by position)
       from jsonb_array_elements(body -> 'data') with ordinality as d(item, position)
       where (lower(item ->> 'address') = any($2)) is not true) as data
     from named
   ),
   changed as materialized (select * from rest where data is distinct from body -> 'data'),
   shortened as (
     update webhook_calls c set body = jsonb_set(changed.body, '{data}', changed.data)::text
     from changed where c.id = changed.id and changed.data is not null
   ),
   emptied as (
     delete from webhook_calls where id = any(array(select id from changed where data is null))
   ),
   attempts as (
     -- A receiver may repeat the call in its response.
     update webhook_attempts set response = null where call_id = any(array(select id from changed))
   )
   select id from changed`,
  LONG,
);

/**
 * Erases a person from the events and calls of its organization, delivered or not. A call about the person alone is
 * deleted.
 */
export async function eraseFromCalls(
  db: Connection,
  { organizationId, addresses }: Person,
): Promise<number> {
  const endpoints = await db.run(ENDPOINT_IDS, organizationId);
  if (endpoints.length === 0) return 0;
  const events = await eraseEventsOf(db, endpoints.map(({ id }) => id), addresses);
  const inJson = addresses.map((address) => JSON.stringify(address).slice(1, -1));
  const calls = await db.run(ERASE_PERSON, organizationId, [...addresses], inJson);
  return events + calls.length;
}
