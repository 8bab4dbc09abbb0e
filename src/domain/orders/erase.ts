import { type Connection, LONG, statement } from "../../db/database.ts";
import { eraseBy, type Eraser } from "../eraser.ts";
import type { Person } from "../person.ts";

/** Erases orders. */
export const ordersEraser: Eraser = {
  tables: ["orders"],
  count: statement(
    "orders.countAll",
    "select count(*) as count from orders where organization_id = $1",
    LONG,
  ),
  erase: eraseBy(statement(
    "orders.erase",
    `with gone as (
       delete from orders where ctid = any(array(
         select ctid from orders where organization_id = $1 limit $3))
       returning 1
     )
     select count(*) as erased, case when count(*) = $3 then $2::uuid end as last from gone`,
    LONG,
  )),
};

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
