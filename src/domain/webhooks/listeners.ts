import { type Connection, statement } from "../../db/database.ts";
import { ConflictError } from "../errors.ts";
import { newId } from "../id.ts";
import type { OutboxEvent } from "../outbox/event.ts";
import { subscribeEndpoint, unsubscribeEndpoints } from "../outbox/subscriptions.ts";
import type { Services } from "../services.ts";
import { deleteRest } from "./delete.ts";

/** Time without renewal after which a listener is removed, in seconds. */
const LEASE_S = 60;
/** Maximum number of listeners of an organization, because each change is written once for each of them. */
const MAX_LISTENERS = 5;

const LISTEN = statement<[id: string, organizationId: string, leaseS: number, limit: number], {
  id: string;
}>(
  "webhooks.listen",
  `insert into webhook_listeners (id, organization_id, expires_at)
   select $1::uuid, $2::uuid, now() + make_interval(secs => $3)
   where (select count(*) from webhook_listeners where organization_id = $2) < $4
   returning id`,
);

/**
 * Adds a listener, to whose outbox events are appended from now on.
 *
 * @returns its id
 * @throws {ConflictError} IN_USE for more than 5 listeners
 */
export async function addListener(
  { db }: Services,
  organizationId: string,
  events: readonly OutboxEvent[],
): Promise<string> {
  const id = newId();
  await db.transaction(async (tx) => {
    const [added] = await tx.run(LISTEN, id, organizationId, LEASE_S, MAX_LISTENERS);
    if (!added) {
      const reason = `Cannot listen to events: ${MAX_LISTENERS} programs of the organization do so`;
      throw new ConflictError("IN_USE", reason);
    }
    await subscribeEndpoint(tx, { id, organizationId }, events);
  });
  return id;
}

const RENEW = statement<[id: string, leaseS: number], { id: string }>(
  "webhooks.renewListener",
  `update webhook_listeners set expires_at = now() + make_interval(secs => $2) where id = $1
   returning id`,
);

/** Renews the lease of a listener; returns false if it was removed, so that events may be missing. */
export async function renewListener({ db }: Services, id: string): Promise<boolean> {
  return (await db.run(RENEW, id, LEASE_S)).length > 0;
}

const REMOVE = statement<[ids: string[]], { id: string }>(
  "webhooks.removeListeners",
  `with gone as (
     delete from webhook_listeners where id = any($1) or expires_at < now() returning id
   ),
   unsubscribed as (${unsubscribeEndpoints("select id from gone")})
   select id from gone`,
);

/** Removes a listener, and those of processes that have died, with their events. */
export async function removeListeners(
  { db }: { readonly db: Connection },
  ids: readonly string[] = [],
): Promise<void> {
  for (const { id } of await db.run(REMOVE, [...ids])) await deleteRest(db, id);
}
