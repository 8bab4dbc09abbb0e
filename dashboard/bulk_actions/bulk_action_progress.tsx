import { formatCount } from "../kit/format.ts";
import { ProgressBar } from "../kit/progress_bar.tsx";
import type { BulkAction } from "./bulk_action_fields.ts";

/** Number of items that were skipped. */
export function skippedCount({ skipped }: BulkAction): number {
  return skipped.reduce((sum, { count }) => sum + count, 0);
}

/** Bar of the items that ended, failed again, were skipped, and are in progress; the rest waits. */
export function BulkActionProgress({ action }: { readonly action: BulkAction }) {
  const { done, failedAgain, inProgress, total } = action;
  const skipped = skippedCount(action);
  return (
    <ProgressBar
      label={`${formatCount(done)} of ${formatCount(total)} done, ` +
        `${formatCount(failedAgain)} failed again, ${formatCount(skipped)} skipped`}
      parts={[[done, "done"], [failedAgain, "person"], [skipped, "wait"], [inProgress, "run"]]}
      total={total}
      ended={total === 0 ? 0 : (done + failedAgain + skipped) / total}
    />
  );
}
