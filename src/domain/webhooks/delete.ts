import { type Connection, LONG, statement } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import { NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import { deleteOutbox } from "../outbox/erase.ts";
import { subscribeEndpoint } from "../outbox/subscriptions.ts";
import type { Services } from "../services.ts";
import { getEndpoint } from "./find.ts";

const STEP = 5_000;

const DELETE = statement<[organizationId: string, id: string], { id: string }>(
  "webhooks.delete",
  "delete from webhook_endpoints where organization_id = $1 and id = $2 returning id",
);

const DELETE_CALLS = statement<[endpointId: string, limit: number], { count: number }>(
  "webhooks.deleteCalls",
  `with gone as (
     delete from webhook_calls where id = any(array(
       select id from webhook_calls where endpoint_id = $1 order by id limit $2))
     returning id
   ),
   attempts as (delete from webhook_attempts where call_id = any(array(select id from gone)))
   select count(*) as count from gone`,
  LONG,
);

/**
 * Deletes an endpoint with its events and calls, also those that were not delivered.
 *
 * @throws {ForbiddenError} for a MEMBER
 * @throws {NotFoundError}
 */
export async function deleteEndpoint(
  services: Services,
  caller: Caller,
  id: string,
): Promise<void> {
  requireAdmin(caller, "delete webhook endpoints");
  await getEndpoint(services, caller, id);
  const { organizationId } = caller;
  await services.db.transaction(async (tx) => {
    const [deleted] = await tx.run(DELETE, organizationId, id);
    if (!deleted) throw new NotFoundError([toTypeId("webhookEndpoint", id)]);
    await subscribeEndpoint(tx, { id, organizationId }, []);
  });
  services.bus.publish("webhooks", organizationId, [id]);
  await deleteRest(services.db, id);
}

/** Deletes the events and calls of a deleted endpoint, in steps of 5,000 rows. */
export async function deleteRest(db: Connection, endpointId: string): Promise<void> {
  for (let count = STEP; count === STEP;) count = await deleteOutbox(db, endpointId, STEP);
  for (let count = STEP; count === STEP;) {
    count = (await db.run(DELETE_CALLS, endpointId, STEP))[0]?.count ?? 0;
  }
}
