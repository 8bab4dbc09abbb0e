import { LONG, statement } from "../../db/database.ts";
import type { Services } from "../services.ts";

const OLD = statement<[organizationId: string | null, limit: number], { id: string }>(
  "bulkActions.findOld",
  `select id from bulk_actions where finished_at < now() - interval '90 days'
     and ($1::uuid is null or organization_id = $1)
   limit $2`,
);

const PRUNE_ITEMS = statement<[actionId: string, limit: number], { n: number }>(
  "bulkActions.pruneItems",
  `delete from bulk_action_items where action_id = $1 and n = any(array(
     select n from bulk_action_items where action_id = $1 limit $2))
   returning n`,
  LONG,
);

const PRUNE = statement<[id: string]>(
  "bulkActions.prune",
  "delete from bulk_actions where id = $1",
);

const ACTIONS = 1_000;
const CHUNK = 5_000;

/**
 * Deletes bulk actions that finished over 90 days ago, with their items, in chunks.
 *
 * @param organizationId null: all organizations
 */
export async function pruneBulkActions(
  { db }: Services,
  organizationId: string | null,
): Promise<void> {
  for (let count = ACTIONS; count === ACTIONS;) {
    const old = await db.run(OLD, organizationId, ACTIONS);
    count = old.length;
    for (const { id } of old) {
      let pruned;
      do pruned = await db.run(PRUNE_ITEMS, id, CHUNK); while (pruned.length === CHUNK);
      await db.run(PRUNE, id);
    }
  }
}
