import { type Connection, LONG, statement } from "../../db/database.ts";
import type { ErasedUser } from "../person.ts";

const ERASE = statement<
  [organizationId: string, userId: string, limit: number],
  { id: string }
>(
  "bulkActions.eraseUser",
  `update bulk_actions set user_id = null where id = any(array(
     select id from bulk_actions where organization_id = $1 and user_id = $2
     order by id limit $3 for no key update))
   returning id`,
  LONG,
);

/** Makes the bulk actions that a user has started belong to no user. */
export async function eraseUserFromBulkActions(
  db: Connection,
  { organizationId, userId }: ErasedUser,
  limit: number,
): Promise<number> {
  return (await db.run(ERASE, organizationId, userId, limit)).length;
}
