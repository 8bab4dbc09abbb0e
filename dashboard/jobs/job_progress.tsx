import { formatCount, formatNumberOf } from "../kit/format.ts";
import { ProgressBar } from "../kit/progress_bar.tsx";
import type { JobRow } from "./job_fields.ts";

/** Bar of the processed items; their number if the total is unknown. */
export function JobProgress({ progress }: { readonly progress: JobRow["progress"] }) {
  if (!progress) return null;
  const { total, processed, succeeded, failed, skipped, fraction } = progress;
  if (total === null || fraction === null) {
    return <span className="numbers">{formatNumberOf(processed, "item")}</span>;
  }
  return (
    <ProgressBar
      label={`${formatCount(processed)} of ${formatCount(total)} processed, ` +
        `${formatCount(failed)} failed`}
      parts={[[succeeded, "done"], [skipped, "wait"], [failed, "person"]]}
      total={total}
      ended={fraction}
    />
  );
}
