import { type Connection, LONG, statement } from "../../db/database.ts";
import { eraseBy, type Eraser } from "../eraser.ts";
import { eraseEventsOf } from "../outbox/erase.ts";

/** Erases calls and their attempts. */
export const callsEraser: Eraser = {
  tables: ["webhook_calls", "webhook_attempts"],
  erase: eraseBy(statement(
    "webhooks.eraseCalls",
    `with page as materialized (
       select id from webhook_calls where organization_id = $1 and id > $2 order by id limit $3
     ),
     attempts as (delete from webhook_attempts where call_id = any(array(select id from page))),
     gone as (delete from webhook_calls where id = any(array(select id from page)))
     select count(*) as erased, (array_agg(id order by id desc))[1] as last from page`,
    LONG,
  )),
};

/** Erases endpoints. */
export const endpointsEraser: Eraser = {
  tables: ["webhook_endpoints"],
  erase: eraseBy(statement(
    "webhooks.eraseEndpoints",
    `with gone as (
       delete from webhook_endpoints where id = any(array(
         select id from webhook_endpoints where organization_id = $1 and id > $2
         order by id limit $3))
       returning id
     )
     select count(*) as erased, (array_agg(id order by id desc))[1] as last from gone`,
  )),
};

const ENDPOINT_IDS = statement<[organizationId: string], { id: string }>(
  "webhooks.idsOf",
  "select id from webhook_endpoints where organization_id = $1",
);

// The comparison of texts finds the few calls to be parsed.
const ERASE_ADDRESS = statement<[organizationId: string, address: string, inJson: string]>(
  "webhooks.eraseAddress",
  `with named as materialized (
     select id, body::jsonb as body from webhook_calls
     where organization_id = $1 and strpos(lower(body), lower($3)) > 0
   ),
   rest as materialized (
     select id, body, (select jsonb_agg(item order by position)
       from jsonb_array_elements(body -> 'data') with ordinality as d(item, position)
       where lower(item ->> 'address') is distinct from lower($2)) as data
     from named
   ),
   shortened as (
     update webhook_calls c set body = jsonb_set(rest.body, '{data}', rest.data)::text
     from rest where c.id = rest.id and rest.data is not null
   ),
   emptied as (delete from webhook_calls where id = any(array(select id from rest where data is null))),
   attempts as (
     -- A receiver may repeat the call in its response.
     update webhook_attempts set response = null where call_id = any(array(select id from rest))
   )
   select`,
  LONG,
);

/**
 * Erases an address from the events and calls of an organization, delivered or not. A call about the address alone
 * is deleted.
 *
 * @param address in any case
 */
export async function eraseAddressFromCalls(
  tx: Connection,
  organizationId: string,
  address: string,
): Promise<void> {
  const endpoints = await tx.run(ENDPOINT_IDS, organizationId);
  if (endpoints.length === 0) return;
  await eraseEventsOf(tx, endpoints.map(({ id }) => id), address);
  const inJson = JSON.stringify(address).slice(1, -1);
  await tx.run(ERASE_ADDRESS, organizationId, address, inJson);
}
