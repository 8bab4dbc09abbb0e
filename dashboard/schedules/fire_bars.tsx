import { formatExact } from "../kit/format.ts";
import { toneColor } from "../kit/tone.ts";
import { OUTCOME_LOOKS } from "./fire_outcome.tsx";
import type { Schedule } from "./schedule_fields.ts";

const COUNT = 20;
const GAP = 0.25;

/** Outcomes of the last fires as bars, the latest at the right; a failure has the highest bar. */
export function FireBars({ fires }: { readonly fires: Schedule["recentFires"] }) {
  const shown = fires.slice(0, COUNT).toReversed();
  const counts = Map.groupBy(shown, ({ outcome }) => OUTCOME_LOOKS[outcome][2].toLowerCase());
  const summary = Array.from(counts, ([word, { length }]) => `${length} ${word}`).join(", ");
  return (
    <svg
      className="fire-bars"
      role="img"
      aria-label={`Last fires: ${summary || "none"}`}
      viewBox={`0 0 ${COUNT} 1`}
      preserveAspectRatio="none"
    >
      {shown.map(({ nominalAt, outcome }, index) => {
        const [tone, , word, height] = OUTCOME_LOOKS[outcome];
        return (
          <rect
            key={nominalAt}
            x={COUNT - shown.length + index + GAP / 2}
            width={1 - GAP}
            y={1 - height}
            height={height}
            style={{ fill: toneColor(tone) }}
          >
            <title>{`${formatExact(nominalAt)}: ${word}`}</title>
          </rect>
        );
      })}
    </svg>
  );
}
