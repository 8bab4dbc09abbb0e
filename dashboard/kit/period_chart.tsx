import { useMemo } from "react";
import { formatClock, formatCount } from "./format.ts";
import type { Bucket } from "./period.ts";
import SeriesChart, { type Series } from "./series_chart.tsx";

const DAY = new Intl.DateTimeFormat("en", { month: "short", day: "numeric" });

/** Counts of one interval. */
export interface Point {
  readonly at: string;
  readonly done: number;
  readonly failed: number;
}

/** Chart of what ended over a period: a line each for successes and failures. */
export default function PeriodChart({ label, points, done, bucket }: {
  /** Title for screen readers: "Jobs that ended over time" */
  readonly label: string;
  readonly points: readonly Point[];
  /** Word for successes: "Completed" */
  readonly done: string;
  readonly bucket: Bucket;
}) {
  const times = useMemo(() => points.map(({ at }) => new Date(at).getTime()), [points]);
  const series = useMemo((): readonly Series[] => [
    { label: done, tone: "done", counts: points.map((point) => point.done) },
    { label: "Failed", tone: "person", counts: points.map((point) => point.failed) },
  ], [points, done]);
  const ended = formatCount(sumOf(points.map((point) => point.done)));
  const failed = formatCount(sumOf(points.map((point) => point.failed)));
  return (
    <SeriesChart
      label={`${label}: ${ended} ${done.toLowerCase()}, ${failed} failed`}
      times={times}
      series={series}
      formatTime={BUCKET_FORMATS[bucket]}
    />
  );
}

/** Text of the start of an interval. */
export const BUCKET_FORMATS = { MINUTE: formatClock, HOUR: formatHour, DAY: formatDay } as const;

function formatHour(ms: number): string {
  const clock = formatClock(ms);
  return clock === "00:00" ? formatDay(ms) : `${formatDay(ms)} ${clock}`;
}

function formatDay(ms: number): string {
  return DAY.format(ms);
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
