import { formatFraction } from "./format.ts";
import { type Tone, toneColor } from "./tone.ts";

/** Bar of counts by tone, with the fraction that has ended. */
export function ProgressBar({ label, parts, total, ended }: {
  /** Says in words what the bar shows. */
  readonly label: string;
  readonly parts: readonly (readonly [count: number, tone: Tone])[];
  /** 0: an empty bar. */
  readonly total: number;
  /** 0 to 1; rounded down, so that 100% means the end. */
  readonly ended: number;
}) {
  return (
    <span className="progress">
      <span className="progress-bar" role="img" aria-label={label}>
        {parts.map(([count, tone]) => (
          <span
            key={tone}
            style={{
              width: `${total === 0 ? 0 : (count / total) * 100}%`,
              background: toneColor(tone),
            }}
          />
        ))}
      </span>
      <span className="numbers">{formatFraction(Math.floor(ended * 100) / 100)}</span>
    </span>
  );
}
