import { type Connection, statement } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import { newId } from "../id.ts";
import type { Services } from "../services.ts";
import { ORDER_COLUMNS } from "./find.ts";
import { checkOrder } from "./input.ts";
import type { NewOrder, Order, UpsertOrderInput } from "./order.ts";

/** A stored order. */
export interface UpsertedOrder {
  readonly order: Order;
  /** Whether no order had its number before. */
  readonly created: boolean;
}

const UPSERT = statement<
  [
    id: string,
    organizationId: string,
    contactEmail: string,
    number: string,
    status: string,
    totalMicros: string,
    currency: string,
    placedAt: Date | null,
    stateAt: Date | null,
  ],
  Order & { readonly created: boolean }
>(
  "orders.upsert",
  `insert into orders as o (id, organization_id, contact_email, number, status, total_micros,
     currency, placed_at, source_updated_at)
   values ($1, $2, $3, $4, $5, $6, $7, coalesce($8, now()), coalesce($9, now()))
   on conflict (organization_id, number) do update set contact_email = excluded.contact_email,
     status = excluded.status, total_micros = excluded.total_micros, currency = excluded.currency,
     placed_at = coalesce($8, o.placed_at), source_updated_at = excluded.source_updated_at,
     updated_at = now()
   where $9::timestamptz is null or o.source_updated_at <= $9
   returning ${ORDER_COLUMNS}, id = $1 as created`,
);

/**
 * Stores a state of the order with this number.
 *
 * @param stateAt time of the state in the shop; null: now
 * @returns null if a later state is stored already; nothing is changed then
 */
export async function storeOrder(
  db: Connection,
  organizationId: string,
  { contactEmail, number, status, totalMicros, currency, placedAt }: NewOrder,
  stateAt: Date | null,
): Promise<UpsertedOrder | null> {
  const [stored] = await db.run(
    UPSERT,
    newId(),
    organizationId,
    contactEmail,
    number,
    status,
    `${totalMicros}`,
    currency,
    placedAt,
    stateAt,
  );
  if (!stored) return null;
  const { created, ...order } = stored;
  return { order, created };
}

/**
 * Creates the order with this number in the caller's organization, or replaces its fields.
 *
 * @throws {ForbiddenError} for a MEMBER
 * @throws {InvalidInputError} with every fault; nothing is written then
 */
export async function upsertOrder(
  { db }: Services,
  caller: Caller,
  input: UpsertOrderInput,
): Promise<UpsertedOrder> {
  requireAdmin(caller, "write orders");
  const stored = await storeOrder(db, caller.organizationId, checkOrder(input), null);
  if (!stored) throw new Error("Cannot store an order: no row was returned");
  return stored;
}
