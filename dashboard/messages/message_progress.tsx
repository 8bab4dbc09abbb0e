import { toneColor } from "../kit/tone.ts";
import { formatCount, formatFraction } from "../kit/format.ts";
import type { MessageRow } from "./message_fields.ts";

/** Share of deliveries that have ended, 0 to 1; 1 for a message without any. */
export function endedFraction({ total, pending, sending }: MessageRow["stats"]): number {
  return total === 0 ? 1 : (total - pending - sending) / total;
}

/** Bar of sent, suppressed and lost deliveries; the rest still waits. */
export function MessageProgress({ stats }: { readonly stats: MessageRow["stats"] }) {
  const { total, sent, failed, unknown, bounced, complained, suppressed, cancelled } = stats;
  const lost = failed + unknown + bounced + complained;
  const fraction = endedFraction(stats);
  const parts = [
    [sent, toneColor("done")],
    [suppressed + cancelled, toneColor("wait")],
    [lost, toneColor("person")],
  ] as const;
  return (
    <span className="progress">
      <span
        className="progress-bar"
        role="img"
        aria-label={`${formatCount(sent)} of ${formatCount(total)} sent, ${
          formatCount(lost)
        } failed`}
      >
        {parts.map(([count, color]) => (
          <span
            key={color}
            style={{ width: `${total && (count / total) * 100}%`, background: color }}
          />
        ))}
      </span>
      <span className="numbers">{formatFraction(Math.floor(fraction * 100) / 100)}</span>
    </span>
  );
}
