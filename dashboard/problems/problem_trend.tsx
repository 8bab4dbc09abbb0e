import { SegmentedControl } from "@mantine/core";
import { formatCount } from "../kit/format.ts";
import { RelativeTime } from "../kit/relative_time.tsx";
import { TrendBars, type TrendPoint } from "./trend_bars.tsx";

const PERIODS = [
  { value: "24", label: "24 hours" },
  { value: "168", label: "7 days" },
  { value: "720", label: "30 days" },
];
const MAX_BARS = 168;

/** Number of hours that the URL asks for; 24 by default. */
export function hoursOf(text: string | undefined): number {
  return Number(PERIODS.find(({ value }) => value === text)?.value ?? 24);
}

/** Chart of the failures of a problem over a period. */
export function ProblemTrend({ trend, hours, onHours }: {
  readonly trend: readonly TrendPoint[];
  readonly hours: number;
  readonly onHours: (hours: string) => void;
}) {
  const bars = trend.length > MAX_BARS ? byDay(trend) : trend;
  const [first] = bars;
  const largest = Math.max(0, ...bars.map(({ count }) => count));
  return (
    <figure className="trend">
      <figcaption>
        <SegmentedControl
          size="xs"
          aria-label="Period"
          value={String(hours)}
          onChange={onHours}
          data={PERIODS}
        />
        <span className="dimmed numbers">
          at most {formatCount(largest)} {bars === trend ? "in an hour" : "in a day"}
        </span>
      </figcaption>
      <TrendBars
        trend={bars}
        className="trend-bars"
        label={`Last ${PERIODS.find(({ value }) => value === String(hours))?.label}`}
      />
      <div className="trend-axis dimmed">
        {first && <RelativeTime at={first.at} />}
        <span>now</span>
      </div>
    </figure>
  );
}

function byDay(trend: readonly TrendPoint[]): TrendPoint[] {
  const days: TrendPoint[] = [];
  for (let hour = 0; hour < trend.length; hour += 24) {
    const day = trend.slice(hour, hour + 24);
    const at = day[0]?.at ?? "";
    days.push({ at, count: day.reduce((sum, { count }) => sum + count, 0) });
  }
  return days;
}
