import { sql } from "kysely";
import { columnList, type TableOf } from "../../db/columns.ts";
import { type Connection, queryBuilder, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { normalizeEmailAddress } from "../email_address.ts";
import { listPage, type Page, type PageArgs, type Sort } from "../page.ts";
import type { Services } from "../services.ts";
import type { Order } from "./order.ts";

const FIELDS = [
  "id",
  "organization_id as organizationId",
  "contact_email as contactEmail",
  "number",
  "status",
  "currency",
  "placed_at as placedAt",
  "updated_at as updatedAt",
] as const;

// As a text, because a number would lose digits.
const TOTAL = "total_micros::text";

/** SQL: all columns of an order under the names of `Order`. */
export const ORDER_COLUMNS = `${columnList(FIELDS)}, ${TOTAL} as "totalMicros"`;

interface Tables {
  orders: TableOf<Order, typeof FIELDS>;
}

const FIND = statement<[organizationId: string, ids: string[]], Order>(
  "orders.find",
  `select ${ORDER_COLUMNS} from orders where organization_id = $1 and id = any($2)`,
);

/** Finds orders of the caller's organization by id, in any order. */
export function ordersById(
  { db }: { readonly db: Connection },
  { organizationId }: Pick<Caller, "organizationId">,
  ids: readonly string[],
): Promise<Order[]> {
  return db.run(FIND, organizationId, [...ids]);
}

const OF_CONTACT = statement<
  [organizationId: string, contactEmail: string, limit: number],
  Order
>(
  "orders.ofContact",
  `select ${ORDER_COLUMNS} from orders where organization_id = $1 and contact_email = $2
   order by placed_at desc, id desc limit $3`,
);

/** Finds the newest orders of a customer, newest first. */
export function ordersOf(
  { db }: { readonly db: Connection },
  organizationId: string,
  contactEmail: string,
  limit: number,
): Promise<Order[]> {
  return db.run(OF_CONTACT, organizationId, normalizeEmailAddress(contactEmail), limit);
}

const NEWEST_FIRST: Sort = {
  name: "placed desc",
  keys: [
    { expression: sql.ref("placed_at"), type: "timestamptz" },
    { expression: sql.ref("id"), type: "uuid" },
  ],
  direction: "desc",
};

/**
 * Reads a page of the orders of a customer, newest first.
 *
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
 */
export function listOrders(
  { db }: Services,
  organizationId: string,
  contactEmail: string,
  page: PageArgs,
): Promise<Page<Order>> {
  const query = queryBuilder<Tables>().selectFrom("orders").select(FIELDS)
    .select(sql.raw<string>(TOTAL).as("totalMicros"))
    .where("organization_id", "=", organizationId)
    .where("contact_email", "=", normalizeEmailAddress(contactEmail));
  return listPage(db, query, NEWEST_FIRST, page);
}
