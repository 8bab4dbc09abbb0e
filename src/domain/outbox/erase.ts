import { type Connection, LONG, statement } from "../../db/database.ts";
import { eraseBy, type Eraser, eraserOfRows } from "../eraser.ts";

/** Erases the subscriptions of an organization, so that nothing more is appended to its outboxes. */
export const subscriptionsEraser = eraserOfRows(
  "outbox.eraseSubscriptions",
  "outbox_subscriptions",
);

/** Erases the events that wait in the outboxes of an organization; before its endpoints and listeners. */
export const outboxEraser: Eraser = {
  tables: ["outbox"],
  erase: eraseBy(statement(
    "outbox.erase",
    `with gone as (
       delete from outbox where ctid = any(array(
         select o.ctid from (
           select id from webhook_endpoints where organization_id = $1
           union all select id from webhook_listeners where organization_id = $1) e
         join outbox o on o.endpoint_id = e.id limit $3))
       returning id
     )
     select count(*) as erased, case when count(*) = $3 then $2::uuid end as last from gone`,
    LONG,
  )),
};

const DELETE = statement<[endpointId: string, limit: number], { count: number }>(
  "outbox.delete",
  `with gone as (
     delete from outbox where endpoint_id = $1 and id = any(array(
       select id from outbox where endpoint_id = $1 order by id limit $2))
     returning id
   )
   select count(*) as count from gone`,
  LONG,
);

/**
 * Deletes the events that wait in the outbox of an endpoint.
 *
 * @param limit maximum number of events
 * @returns number of events that were deleted
 */
export async function deleteOutbox(
  db: Connection,
  endpointId: string,
  limit: number,
): Promise<number> {
  const [row] = await db.run(DELETE, endpointId, limit);
  return row?.count ?? 0;
}

const ERASE_ADDRESSES = statement<[endpointIds: string[], addresses: string[]], { id: string }>(
  "outbox.eraseAddresses",
  `delete from outbox where endpoint_id = any($1) and lower(data ->> 'address') = any($2)
   returning id`,
  LONG,
);

/**
 * Deletes the events about a person from the outboxes of endpoints.
 *
 * @param addresses in lower case
 * @returns number of events that were deleted
 */
export async function eraseEventsOf(
  db: Connection,
  endpointIds: readonly string[],
  addresses: readonly string[],
): Promise<number> {
  return (await db.run(ERASE_ADDRESSES, [...endpointIds], [...addresses])).length;
}

const PRUNE = statement<[days: number, limit: number], { count: number }>(
  "outbox.prune",
  `with gone as (
     delete from outbox where ctid = any(array(
       select ctid from outbox o where at < now() - make_interval(days => $1)
         or not exists (select from webhook_endpoints where id = o.endpoint_id)
           and not exists (select from webhook_listeners where id = o.endpoint_id)
       limit $2))
     returning id
   )
   select count(*) as count from gone`,
  LONG,
);

const STEP = 5_000;

/**
 * Deletes the events that wait longer than a number of days, because their endpoint is disabled, and those of
 * deleted endpoints.
 */
export async function pruneOutbox(db: Connection, days: number): Promise<void> {
  for (let count = STEP; count === STEP;) {
    count = (await db.run(PRUNE, days, STEP))[0]?.count ?? 0;
  }
}
