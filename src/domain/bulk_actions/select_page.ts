import { sql } from "kysely";
import { type Connection, LONG, queryBuilder } from "../../db/database.ts";
import { type BulkAction, callerOf } from "./bulk_action.ts";
import { selectDeliveries } from "./delivery_items.ts";
import { selectJobs } from "./job_items.ts";

// Bounds the transaction; a million items take 200 of them.
const PAGE_SIZE = 5_000;

/** Reason to skip an item that another unfinished action has selected. */
export const IN_OTHER_ACTION = "Another bulk action has selected it and has not finished";

interface SelectedPage {
  readonly count: number;
  readonly skipped: number;
  readonly last: string | null;
}

/**
 * Stores the next 5,000 items of the selection of an action, as it was at the start. Items of another
 * unfinished action are skipped, because its end is not known.
 *
 * @returns the action with its counts; `selecting` is false after the last page
 */
export async function selectPage(tx: Connection, action: BulkAction): Promise<BulkAction> {
  const caller = callerOf(action);
  const bounds = {
    cutoff: sql`(select created_at from bulk_actions where id = ${action.id})`,
    after: action.selectedThrough,
    limit: PAGE_SIZE,
  };
  const items = action.target === "DELIVERIES"
    ? selectDeliveries(caller, action, bounds)
    : selectJobs(caller, action, bounds);
  const query = sql<SelectedPage>`/* bulkActions.selectPage */
    with page as materialized (${items}),
    numbered as materialized (
      select item_id, ${action.total}::int + row_number() over (order by key) as n from page
    ),
    chosen as (
      insert into bulk_action_items (organization_id, action_id, n, item_id, state)
      select ${action.organizationId}, ${action.id}, n, item_id, 'SELECTED' from numbered
      on conflict (item_id) where state in ('SELECTED', 'ACTED') do nothing
      returning item_id
    ),
    skipped as (
      insert into bulk_action_items (organization_id, action_id, n, item_id, state, reason)
      select ${action.organizationId}, ${action.id}, n, item_id, 'SKIPPED', ${IN_OTHER_ACTION}
      from numbered where item_id not in (select item_id from chosen)
      returning item_id
    )
    select (select count(*) from page) as count, (select count(*) from skipped) as skipped,
      (select p.key::text from page p order by p.key desc limit 1) as last`;
  const [page] = await tx.select({ compile: () => query.compile(queryBuilder()) }, LONG);
  if (!page) throw new Error("Cannot select items: the statement returned no row");
  return {
    ...action,
    selectedThrough: page.last ?? action.selectedThrough,
    selecting: page.count === PAGE_SIZE,
    total: action.total + page.count,
    skipped: page.skipped === 0 ? action.skipped : {
      ...action.skipped,
      [IN_OTHER_ACTION]: (action.skipped[IN_OTHER_ACTION] ?? 0) + page.skipped,
    },
  };
}
