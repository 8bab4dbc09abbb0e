import { type Connection, statement } from "../../db/database.ts";
import type { BulkAction } from "./bulk_action.ts";

const SAVE = statement<
  [
    id: string,
    state: string,
    error: string | null,
    stage: number,
    stageActed: number,
    stageDone: number,
    stageFailed: number,
    selectedThrough: string | null,
    selecting: boolean,
    total: number,
    actedThrough: number,
    inProgress: number,
    done: number,
    failedAgain: number,
    skipped: string,
    creditMs: number | null,
    finished: boolean,
  ]
>(
  "bulkActions.save",
  `update bulk_actions set state = $2, error = $3::jsonb, stage = $4, stage_acted = $5,
     stage_done = $6, stage_failed = $7, selected_through = $8, selecting = $9, total = $10,
     acted_through = $11, in_progress = $12, done = $13, failed_again = $14, skipped = $15::jsonb,
     paced_at = case when $16::float8 is null then paced_at
       else now() - $16::float8 * interval '1 millisecond' end,
     finished_at = case when $17 then now() end, updated_at = now()
   where id = $1`,
);

/**
 * Stores the progress of a bulk action, whose row the transaction has locked.
 *
 * @param options.finished whether nothing is left to do
 * @param options.creditMs time of its rate that is unused, in milliseconds; absent: unchanged
 */
export async function saveProgress(
  tx: Connection,
  action: BulkAction,
  options: { readonly finished: boolean; readonly creditMs?: number },
): Promise<void> {
  await tx.run(
    SAVE,
    action.id,
    action.state,
    action.error && JSON.stringify(action.error),
    action.stage,
    action.stageActed,
    action.stageDone,
    action.stageFailed,
    action.selectedThrough,
    action.selecting,
    action.total,
    action.actedThrough,
    action.inProgress,
    action.done,
    action.failedAgain,
    JSON.stringify(action.skipped),
    options.creditMs ?? null,
    options.finished,
  );
}
