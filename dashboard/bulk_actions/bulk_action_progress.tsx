import { formatCount, formatFraction } from "../kit/format.ts";
import { toneColor } from "../kit/tone.ts";
import type { BulkAction } from "./bulk_action_fields.ts";

/** Number of items that were skipped. */
export function skippedCount({ skipped }: BulkAction): number {
  return skipped.reduce((sum, { count }) => sum + count, 0);
}

/** Bar of the items that ended, failed again, were skipped, and are in progress; the rest waits. */
export function BulkActionProgress({ action }: { readonly action: BulkAction }) {
  const { done, failedAgain, inProgress, total } = action;
  const skipped = skippedCount(action);
  const parts = [
    [done, toneColor("done")],
    [failedAgain, toneColor("person")],
    [skipped, toneColor("wait")],
    [inProgress, toneColor("run")],
  ] as const;
  const ended = done + failedAgain + skipped;
  return (
    <span className="progress">
      <span
        className="progress-bar"
        role="img"
        aria-label={`${formatCount(done)} of ${formatCount(total)} done, ` +
          `${formatCount(failedAgain)} failed again, ${formatCount(skipped)} skipped`}
      >
        {parts.map(([count, color]) => (
          <span
            key={color}
            style={{ width: `${total && (count / total) * 100}%`, background: color }}
          />
        ))}
      </span>
      <span className="numbers">
        {formatFraction(total === 0 ? 0 : Math.floor((ended / total) * 100) / 100)}
      </span>
    </span>
  );
}
