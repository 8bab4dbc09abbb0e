import { type Connection, LONG, statement } from "../../db/database.ts";
import type { Person } from "../person.ts";

const ERASE = statement<
  [organizationId: string, addresses: string[], limit: number],
  { id: string }
>(
  "messages.erasePerson",
  `update messages set reference_ids = '{}' where id = any(array(
     select m.id from deliveries d join messages m on m.id = d.message_id
     where d.organization_id = $1 and lower(d.address) = any($2) and m.reference_ids <> '{}'
     limit $3))
   returning id`,
  LONG,
);

/** Removes the Message-IDs of a person's mails from the replies to it. Its deliveries must still have its address. */
export async function eraseFromReplies(
  db: Connection,
  { organizationId, addresses }: Person,
  limit: number,
): Promise<number> {
  return (await db.run(ERASE, organizationId, [...addresses], limit)).length;
}
