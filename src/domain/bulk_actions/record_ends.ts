import { type Connection, LONG, statement } from "../../db/database.ts";
import { addSkipped, type BulkAction, callerOf } from "./bulk_action.ts";
import { readDeliveryEnds } from "./delivery_items.ts";
import { readJobEnds } from "./job_items.ts";

/** Maximum number of items of an action in progress, so that an action that stops leaves few of them. */
export const MAX_IN_PROGRESS = 2_000;

// Number of ids per query.
const CHUNK = 500;

interface ItemInProgress {
  readonly id: string;
  readonly attempt: number | null;
}

const IN_PROGRESS = statement<[actionId: string], ItemInProgress>(
  "bulkActions.readActed",
  `select item_id as id, attempt from bulk_action_items
   where action_id = $1 and state = 'ACTED' order by n`,
);

const RECORD = statement<
  [actionId: string, ids: string[], states: string[], reasons: (string | null)[]]
>(
  "bulkActions.recordEnds",
  `update bulk_action_items i set state = r.state, reason = r.reason
   from unnest($2::uuid[], $3::text[], $4::text[]) as r(item_id, state, reason)
   where i.item_id = r.item_id and i.state in ('SELECTED', 'ACTED') and i.action_id = $1`,
  LONG,
);

/** Records which items of an action in progress have ended, by their states. */
export async function recordEnds(tx: Connection, action: BulkAction): Promise<BulkAction> {
  if (action.inProgress === 0) return action;
  const items = await tx.run(IN_PROGRESS, action.id);
  const ends = [];
  for (let at = 0; at < items.length; at += CHUNK) {
    const chunk = items.slice(at, at + CHUNK);
    const read = action.target === "DELIVERIES"
      ? readDeliveryEnds(tx, callerOf(action), chunk)
      : readJobEnds(tx, action, chunk);
    ends.push(...await read);
  }
  if (ends.length === 0) return action;
  await tx.run(
    RECORD,
    action.id,
    ends.map(({ id }) => id),
    ends.map(({ state }) => state),
    ends.map(({ reason }) => reason ?? null),
  );
  const done = ends.filter(({ state }) => state === "DONE").length;
  const failed = ends.filter(({ state }) => state === "FAILED").length;
  return addSkipped({
    ...action,
    inProgress: items.length - ends.length,
    done: action.done + done,
    failedAgain: action.failedAgain + failed,
    stageDone: action.stageDone + done,
    stageFailed: action.stageFailed + failed,
  }, ends.flatMap(({ reason }) => reason === undefined ? [] : [reason]));
}
