import { formatCount, formatFraction, formatNumberOf } from "../kit/format.ts";
import { toneColor } from "../kit/tone.ts";
import type { JobRow } from "./job_fields.ts";

/** Bar of the processed items; their number if the total is unknown. */
export function JobProgress({ progress }: { readonly progress: JobRow["progress"] }) {
  if (!progress) return null;
  const { total, processed, succeeded, failed, skipped, fraction } = progress;
  if (total === null || fraction === null) {
    return <span className="numbers">{formatNumberOf(processed, "item")}</span>;
  }
  const parts = [
    [succeeded, toneColor("done")],
    [skipped, toneColor("wait")],
    [failed, toneColor("person")],
  ] as const;
  return (
    <span className="progress job-progress">
      <span
        className="progress-bar"
        role="img"
        aria-label={`${formatCount(processed)} of ${formatCount(total)} processed, ${
          formatCount(failed)
        } failed`}
      >
        {parts.map(([count, color]) => (
          <span key={color} style={{ width: `${(count / total) * 100}%`, background: color }} />
        ))}
      </span>
      <span className="numbers">{formatFraction(Math.floor(fraction * 100) / 100)}</span>
    </span>
  );
}
