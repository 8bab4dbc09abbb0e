import { formatExact, formatNumberOf } from "../kit/format.ts";

/** Number of failures from a time on. */
export interface TrendPoint {
  readonly at: string;
  readonly count: number;
}

const GAP = 0.25;

/** Failures by time as bars; each has its number and time under the pointer. */
export function TrendBars({ trend, label, className = "sparkline" }: {
  readonly trend: readonly TrendPoint[];
  /** For screen readers: "Failures in the last 24 hours" */
  readonly label: string;
  readonly className?: string;
}) {
  const largest = Math.max(1, ...trend.map(({ count }) => count));
  const sum = trend.reduce((total, { count }) => total + count, 0);
  return (
    <svg
      className={className}
      role="img"
      aria-label={`${label}: ${formatNumberOf(sum, "failure")}`}
      viewBox={`0 0 ${Math.max(1, trend.length)} 1`}
      preserveAspectRatio="none"
    >
      {trend.map(({ at, count }, index) => (
        // A single failure beside many stays visible; hours without any show the base line.
        <rect
          key={at}
          x={index + GAP / 2}
          width={1 - GAP}
          y={1 - heightOf(count, largest)}
          height={heightOf(count, largest)}
          data-empty={count === 0 || undefined}
        >
          <title>{`${formatExact(at)}: ${formatNumberOf(count, "failure")}`}</title>
        </rect>
      ))}
    </svg>
  );
}

function heightOf(count: number, largest: number): number {
  return count === 0 ? 0.03 : Math.max(0.1, count / largest);
}
