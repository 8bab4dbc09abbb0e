import { type Connection, statement } from "../../db/database.ts";
import type { Person } from "../person.ts";

const ERASE = statement<
  [organizationId: string, addresses: string[]],
  { id: string }
>(
  "suppressions.erasePerson",
  `update suppressions set delivery_id = null
   where organization_id = $1 and address = any($2) and delivery_id is not null
   returning id`,
);

/**
 * Removes from the suppression list which deliveries caused the entries of a person. The entries stay, because
 * otherwise a later import would send to an address that has unsubscribed.
 */
export async function eraseFromSuppressions(
  db: Connection,
  { organizationId, addresses }: Person,
): Promise<number> {
  return (await db.run(ERASE, organizationId, [...addresses])).length;
}
