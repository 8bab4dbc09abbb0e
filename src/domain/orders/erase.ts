import { type Connection, LONG, statement } from "../../db/database.ts";
import { eraserOfRows } from "../eraser.ts";
import type { Person } from "../person.ts";

/** Erases orders. */
export const ordersEraser = eraserOfRows("orders.erase", "orders", {
  countLabel: "orders.countAll",
});

const ERASE_PERSON = statement<
  [organizationId: string, addresses: string[], limit: number],
  { id: string }
>(
  "orders.erasePerson",
  `delete from orders where id = any(array(
     select id from orders where organization_id = $1 and contact_email = any($2) limit $3))
   returning id`,
  LONG,
);

/** Erases the orders of a person. */
export async function eraseOrders(
  db: Connection,
  { organizationId, addresses }: Person,
  limit: number,
): Promise<number> {
  return (await db.run(ERASE_PERSON, organizationId, [...addresses], limit)).length;
}
