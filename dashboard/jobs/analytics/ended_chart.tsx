import { useMemo } from "react";
import { formatClock, formatCount } from "../../kit/format.ts";
import SeriesChart, { type Series } from "../../kit/series_chart.tsx";
import type { JobPoint } from "./operations.ts";

const DAY = new Intl.DateTimeFormat("en", { month: "short", day: "numeric" });

/** Chart of completed and failed jobs over time. */
export default function EndedChart({ points, bucket }: {
  readonly points: readonly JobPoint[];
  readonly bucket: "MINUTE" | "HOUR" | "DAY";
}) {
  const times = useMemo(() => points.map(({ at }) => new Date(at).getTime()), [points]);
  const series = useMemo((): readonly Series[] => [
    { label: "Completed", tone: "done", counts: points.map(({ completed }) => completed) },
    { label: "Failed", tone: "person", counts: points.map(({ failed }) => failed) },
  ], [points]);
  const [completed, failed] = series.map(({ counts }) => formatCount(sumOf(counts)));
  return (
    <SeriesChart
      label={`Jobs that ended over time: ${completed} completed, ${failed} failed`}
      times={times}
      series={series}
      formatTime={FORMATS[bucket]}
    />
  );
}

const FORMATS = { MINUTE: formatClock, HOUR: formatHour, DAY: formatDay } as const;

function formatHour(ms: number): string {
  return `${formatDay(ms)} ${formatClock(ms)}`;
}

function formatDay(ms: number): string {
  return DAY.format(ms);
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
