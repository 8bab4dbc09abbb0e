import { type Connection, LONG, statement } from "../../db/database.ts";
import type { BulkAction } from "./bulk_action.ts";

// Bounds the transaction.
const CHUNK = 5_000;

const RELEASE = statement<[actionId: string, after: number, through: number]>(
  "bulkActions.release",
  `delete from bulk_action_items
   where action_id = $1 and n > $2 and n <= $3 and state = 'SELECTED'`,
  LONG,
);

/** Removes the next 5,000 items that an ended action has not acted on, so that other actions may select them. */
export async function releaseChunk(tx: Connection, action: BulkAction): Promise<BulkAction> {
  if (action.actedThrough >= action.total) return action;
  const through = Math.min(action.actedThrough + CHUNK, action.total);
  await tx.run(RELEASE, action.id, action.actedThrough, through);
  return { ...action, actedThrough: through };
}
