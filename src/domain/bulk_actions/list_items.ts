import { sql } from "kysely";
import { queryBuilder } from "../../db/database.ts";
import { toTypeId } from "../id.ts";
import { listPage, type Page, type PageArgs, type Sort } from "../page.ts";
import type { Services } from "../services.ts";
import type { BulkAction } from "./bulk_action.ts";

/**
 * State of a selected item. SELECTED: not acted on yet. ACTED: its end is awaited. FAILED: it has failed
 * again.
 */
export type BulkItemState = "SELECTED" | "ACTED" | "DONE" | "FAILED" | "SKIPPED";

/** Item of a bulk action. */
export interface BulkItem {
  /** TypeID of the delivery or job. */
  readonly subject: string;
  readonly state: BulkItemState;
  /** Reason why it was skipped; null in other states. */
  readonly reason: string | null;
}

interface ItemRow {
  organization_id: string;
  action_id: string;
  n: number;
  item_id: string;
  state: BulkItemState;
  reason: string | null;
}

const SELECTION: Sort = {
  name: "n asc",
  keys: [{ expression: sql.ref("n"), type: "integer" }],
  direction: "asc",
};

/**
 * Reads a page of the items of a bulk action, in the order of the selection. Items that an ended action has
 * not acted on are deleted, and so not listed.
 *
 * @param states states of the items; null: all
 * @throws {InvalidInputError} for page arguments out of range, or a cursor of another list
 */
export async function listItems(
  { db }: Services,
  { id, organizationId, target }: BulkAction,
  states: readonly BulkItemState[] | null,
  args: PageArgs,
): Promise<Page<BulkItem>> {
  let query = queryBuilder<{ bulk_action_items: ItemRow }>().selectFrom("bulk_action_items")
    .select(["item_id", "state", "reason"])
    .where("organization_id", "=", organizationId).where("action_id", "=", id);
  if (states) query = query.where("state", "in", [...states]);
  const page = await listPage(db, query, SELECTION, args);
  const noun = target === "DELIVERIES" ? "delivery" : "job";
  const edges = page.edges.map(({ cursor, node: { item_id, state, reason } }) => ({
    cursor,
    node: { subject: toTypeId(noun, item_id), state, reason },
  }));
  return { ...page, edges };
}
