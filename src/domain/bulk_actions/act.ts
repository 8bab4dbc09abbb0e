import { type Connection, LONG, statement } from "../../db/database.ts";
import type { Services } from "../services.ts";
import { addSkipped, type BulkAction, callerOf, leftInStage } from "./bulk_action.ts";
import { actOnDeliveries } from "./delivery_items.ts";
import { actOnJobs } from "./job_items.ts";
import { MAX_IN_PROGRESS } from "./record_ends.ts";

// Bounds the transaction, and the wait of other changes to the same messages.
const CHUNK = 500;
// Unused time of the rate that a later step may use at once, because the steps of a job are a second apart.
const MAX_CREDIT_MS = 5_000;

interface SelectedItem {
  readonly n: number;
  readonly id: string;
}

const NEXT = statement<[actionId: string, after: number, limit: number], SelectedItem>(
  "bulkActions.next",
  `select n, item_id as id from bulk_action_items
   where action_id = $1 and n > $2 and state = 'SELECTED' order by n limit $3`,
);

const RECORD = statement<
  [actionId: string, ns: number[], reasons: (string | null)[], attempts: (number | null)[]]
>(
  "bulkActions.recordActed",
  `update bulk_action_items i set reason = r.reason, attempt = r.attempt,
     state = case when r.reason is null then 'ACTED' else 'SKIPPED' end
   from unnest($2::int[], $3::text[], $4::smallint[]) as r(n, reason, attempt)
   where i.action_id = $1 and i.n = r.n`,
  LONG,
);

/** Result of a step that acts on items. */
export interface ActResult {
  readonly action: BulkAction;
  /** Wait until the rate allows the next item, in milliseconds; null: the rate does not limit the step. */
  readonly waitMs: number | null;
  /** Unused time of the rate, in milliseconds. */
  readonly creditMs: number;
  /** Publishes the changes after the commit. */
  publish(services: Services): void;
}

/** Items that the stage, the rate and the limit of items in progress allow now. */
interface Allowance extends Pick<ActResult, "waitMs" | "creditMs"> {
  /** Maximum number of items. */
  readonly limit: number;
  /** Time of the rate that one item uses, in milliseconds; 0: there is no rate. */
  readonly itemMs: number;
}

function allowanceOf(action: BulkAction, pacedMs: number): Allowance {
  const itemMs = action.perSecond === null ? 0 : 1_000 / action.perSecond;
  const creditMs = Math.min(pacedMs, Math.max(MAX_CREDIT_MS, itemMs));
  const wanted = Math.min(CHUNK, leftInStage(action), MAX_IN_PROGRESS - action.inProgress);
  const limit = itemMs === 0 ? wanted : Math.min(wanted, Math.floor(creditMs / itemMs));
  const waitMs = wanted > 0 && limit <= 0 ? itemMs - creditMs : null;
  return { limit, itemMs, creditMs, waitMs };
}

/**
 * Acts on the next items of a RUNNING action, as many as its stage, its rate and the limit of items in
 * progress allow.
 *
 * @param pacedMs time since the rate was used up, in milliseconds
 */
export async function actOnNext(
  tx: Connection,
  action: BulkAction,
  pacedMs: number,
): Promise<ActResult> {
  const { limit, itemMs, creditMs, waitMs } = allowanceOf(action, pacedMs);
  const items = limit > 0 ? await tx.run(NEXT, action.id, action.actedThrough, limit) : [];
  if (items.length === 0) {
    // Only SKIPPED items may follow the last one that was selected.
    const actedThrough = limit > 0 ? action.total : action.actedThrough;
    return { action: { ...action, actedThrough }, waitMs, creditMs, publish: () => {} };
  }
  const caller = callerOf(action);
  const ids = items.map(({ id }) => id);
  const acted = action.target === "DELIVERIES"
    ? await actOnDeliveries(tx, caller, action, ids)
    : await actOnJobs(tx, caller, action, ids);
  // Some of the last items may be left for the next step.
  const handled = items.slice(0, acted.items.length);
  await tx.run(
    RECORD,
    action.id,
    handled.map(({ n }) => n),
    acted.items.map(({ reason }) => reason),
    acted.items.map((item) => item.reason === null ? item.attempt ?? null : null),
  );
  const reasons = acted.items.flatMap(({ reason }) => reason === null ? [] : [reason]);
  const count = handled.length - reasons.length;
  return {
    action: addSkipped({
      ...action,
      actedThrough: handled.at(-1)?.n ?? action.actedThrough,
      stageActed: action.stageActed + count,
      inProgress: action.inProgress + count,
    }, reasons),
    waitMs: null,
    creditMs: creditMs - count * itemMs,
    publish: (services) => acted.publish(services),
  };
}
