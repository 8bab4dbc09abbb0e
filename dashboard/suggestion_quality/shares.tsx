import { formatCount, formatFraction } from "../kit/format.ts";
import { type Tone, toneColor } from "../kit/tone.ts";

/** Part of the suggested replies of a period. */
export interface Share {
  readonly label: string;
  readonly tone: Tone;
  readonly count: number;
  /** One sentence. */
  readonly meaning: string;
}

/** Parts of the suggested replies as bars. */
export function Shares({ shares, total }: {
  readonly shares: readonly Share[];
  /** Number of suggestions that a full bar stands for. */
  readonly total: number;
}) {
  return (
    <div className="bars">
      {shares.map(({ label, tone, count, meaning }) => (
        <div key={label} className="bar-row bar-row-wide" title={meaning}>
          <span>{label}</span>
          <span className="bar" aria-hidden>
            <span style={{ width: `${(count / total) * 100}%`, background: toneColor(tone) }} />
          </span>
          <span className="numbers">{formatFraction(count / total)} · {formatCount(count)}</span>
        </div>
      ))}
    </div>
  );
}
