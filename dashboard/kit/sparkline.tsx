import { formatCount } from "./format.ts";

const WIDTH = 72;
const HEIGHT = 18;

/** Small bars of numbers over time, oldest first. */
export function Sparkline({ counts, label }: {
  readonly counts: readonly number[];
  /** Period of the bars: "last 24 hours". */
  readonly label: string;
}) {
  const largest = Math.max(...counts, 1);
  const step = WIDTH / Math.max(counts.length, 1);
  const total = counts.reduce((sum, count) => sum + count, 0);
  return (
    <svg
      className="spark"
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={`${formatCount(total)} in the ${label}`}
    >
      {counts.map((count, n) => {
        const height = count === 0 ? 1 : Math.max(2, (count / largest) * HEIGHT);
        return <rect key={n} x={n * step} y={HEIGHT - height} width={step - 1} height={height} />;
      })}
    </svg>
  );
}
