import { useMemo } from "react";
import { formatFraction, formatNumberOf } from "../kit/format.ts";
import type { Bucket } from "../kit/period.ts";
import { BUCKET_FORMATS } from "../kit/period_chart.tsx";
import SeriesChart, { type Series } from "../kit/series_chart.tsx";
import type { SuggestionQuality } from "./operations.ts";
import { OUTCOMES } from "./outcome_shares.tsx";

type Points = SuggestionQuality["series"];

/** Charts of the outcomes and of the mean similarity over a period, beside each other on wide screens. */
export default function QualityCharts({ points, bucket }: {
  readonly points: Points;
  readonly bucket: Bucket;
}) {
  const times = useMemo(() => points.map(({ at }) => new Date(at).getTime()), [points]);
  const outcomes = useMemo((): readonly Series[] => [
    { ...OUTCOMES.SENT_AS_IT_WAS, counts: points.map(({ sentAsItWas }) => sentAsItWas) },
    { ...OUTCOMES.EDITED, counts: points.map(({ edited }) => edited) },
    { ...OUTCOMES.ANSWERED_WITHOUT, counts: points.map(({ answeredWithout }) => answeredWithout) },
  ], [points]);
  const similarity = useMemo((): readonly Series[] => [
    { label: "Mean similarity", tone: "run", counts: points.map((point) => point.meanSimilarity) },
  ], [points]);
  const measured = points.filter(({ meanSimilarity }) => meanSimilarity !== null).length;
  return (
    <div className="analytics-parts">
      <section>
        <h3>Outcomes over time</h3>
        <SeriesChart
          label={`Outcomes over time: ${labelOf(outcomes)}`}
          times={times}
          series={outcomes}
          formatTime={BUCKET_FORMATS[bucket]}
        />
      </section>
      <section>
        <h3>Share of the suggested text that was sent</h3>
        <SeriesChart
          label={`Mean similarity over time, in ${formatNumberOf(measured, "interval")}`}
          times={times}
          series={similarity}
          formatTime={BUCKET_FORMATS[bucket]}
          formatAmount={formatFraction}
        />
      </section>
    </div>
  );
}

function labelOf(series: readonly Series[]): string {
  return series.map(({ label, counts }) =>
    `${counts.reduce<number>((sum, count) => sum + (count ?? 0), 0)} ${label.toLowerCase()}`
  ).join(", ");
}
