import { useMemo } from "react";
import { formatMoney, formatNumberOf } from "../kit/format.ts";
import type { Bucket } from "../kit/period.ts";
import { BUCKET_FORMATS } from "../kit/period_chart.tsx";
import SeriesChart, { type Series } from "../kit/series_chart.tsx";
import type { AiUsage } from "./operations.ts";

/** Chart of the cost over a period. */
export default function CostChart({ points, bucket }: {
  readonly points: AiUsage["series"];
  readonly bucket: Bucket;
}) {
  const times = useMemo(() => points.map(({ at }) => new Date(at).getTime()), [points]);
  const series = useMemo((): readonly Series[] => [
    { label: "Cost", tone: "run", counts: points.map(({ cost }) => Number(cost?.amount ?? 0)) },
  ], [points]);
  const calls = points.reduce((sum, { callCount }) => sum + callCount, 0);
  return (
    <SeriesChart
      label={`Cost over time: ${formatNumberOf(calls, "call")}`}
      times={times}
      series={series}
      formatTime={BUCKET_FORMATS[bucket]}
      formatAmount={formatUsd}
    />
  );
}

function formatUsd(amount: number): string {
  return formatMoney({ amount, currency: "USD" });
}
