import { useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import { formatCount } from "./format.ts";
import type { Tone } from "./tone.ts";

const HEIGHT = 190;

/** Counts over time, drawn as one line. */
export interface Series {
  readonly label: string;
  readonly tone: Tone;
  /** Null: nothing was measured at that time; the line connects the points around it. */
  readonly counts: readonly (number | null)[];
}

// Lines differ without their colours, too.
const DASHES = [undefined, [4, 3], [1, 3]];

/** Text of a count on the axis and in the legend. */
export type FormatCount = (count: number) => string;

/** Chart of counts over time. The series, their labels and tones must stay the same; their counts may change. */
export default function SeriesChart({ label, times, series, formatTime, formatAmount }: {
  /** Says in words what the chart shows. */
  readonly label: string;
  /** In ms, ascending. */
  readonly times: readonly number[];
  /** Each has a count for each time. */
  readonly series: readonly Series[];
  /** Text of a time on the axis and in the legend. A constant of a module. */
  readonly formatTime: (ms: number) => string;
  /** For amounts that are not whole numbers, as money. A constant of a module. Absent: counts. */
  readonly formatAmount?: FormatCount;
}) {
  const scheme = useComputedColorScheme();
  const { ref: frame, width } = useElementSize();
  const target = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(null);
  const latest = useRef(series);
  latest.current = series;

  // Colours are read when the chart is made, so another theme makes another chart.
  useEffect(() => {
    if (!target.current) return;
    const made = new uPlot(
      optionsOf(latest.current, formatTime, formatAmount),
      [[]],
      target.current,
    );
    chart.current = made;
    return () => made.destroy();
  }, [scheme, formatTime, formatAmount]);
  useEffect(() => {
    const seconds = times.map((ms) => ms / 1_000);
    chart.current?.setData([seconds, ...series.map(({ counts }) => [...counts])]);
  }, [times, series, scheme, formatTime, formatAmount]);
  useEffect(() => {
    if (width > 0) chart.current?.setSize({ width, height: HEIGHT });
  }, [width, scheme, formatTime, formatAmount]);

  return (
    <div className="series-chart" ref={frame} role="img" aria-label={label}>
      <div ref={target} />
    </div>
  );
}

function hasGaps({ data }: uPlot, line: number): boolean {
  return data[line]?.some((count) => count === null) ?? false;
}

function optionsOf(
  series: readonly Series[],
  formatTime: (ms: number) => string,
  formatAmount?: FormatCount,
): uPlot.Options {
  const format = formatAmount ?? formatCount;
  const style = getComputedStyle(document.body);
  const color = (name: string) => style.getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: color("--quiet"),
    grid: { stroke: color("--line"), width: 1 },
    ticks: { show: false },
    font: "12px system-ui, sans-serif",
  };
  return {
    width: 300,
    height: HEIGHT,
    cursor: { y: false },
    // The text of the last time needs half of its width beside the last point.
    padding: [null, 40, null, null],
    scales: { y: { range: (_, __, max) => [0, Math.max(formatAmount ? 0.0001 : 5, max * 1.1)] } },
    axes: [
      {
        ...axis,
        size: 30,
        space: 90,
        values: (_, seconds) => seconds.map((each) => formatTime(each * 1_000)),
      },
      {
        ...axis,
        size: 56,
        // Counts are whole numbers.
        values: (_, counts) =>
          counts.map((count) => formatAmount || Number.isInteger(count) ? format(count) : ""),
      },
    ],
    series: [
      { label: "Time", value: (_, at) => at === null ? "–" : formatTime(at * 1_000) },
      ...series.map(({ label, tone }, index): uPlot.Series => ({
        label,
        stroke: color(`--tone-${tone}`),
        width: 1.5,
        dash: DASHES[index],
        spanGaps: true,
        points: { show: hasGaps, size: 5 },
        value: (_, count) => count === null ? "–" : format(count),
      })),
    ],
  };
}
