import { type Connection, LONG, statement } from "../../db/database.ts";
import type { ErasedUser } from "../person.ts";

const ERASE = statement<
  [organizationId: string, userId: string, limit: number],
  { id: string }
>(
  "audiences.eraseUser",
  `update audiences set user_id = null where id = any(array(
     select id from audiences where organization_id = $1 and user_id = $2
     order by id limit $3 for no key update))
   returning id`,
  LONG,
);

/** Makes the audiences that a user has imported belong to no user. */
export async function eraseUserFromAudiences(
  db: Connection,
  { organizationId, userId }: ErasedUser,
  limit: number,
): Promise<number> {
  return (await db.run(ERASE, organizationId, userId, limit)).length;
}
