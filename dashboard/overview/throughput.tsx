import { formatClock, formatCount } from "../kit/format.ts";
import SeriesChart from "../kit/series_chart.tsx";
import type { MinutePoint } from "./operations.ts";

/** Chart of sent and failed deliveries by minute, in the last hour. */
export default function Throughput({ points }: { readonly points: readonly MinutePoint[] }) {
  const sent = points.map((point) => point.sent);
  const failed = points.map((point) => point.failed + point.bounced);
  return (
    <SeriesChart
      label={`Last hour by minute: ${formatSum(sent)} sent, ${formatSum(failed)} failed`}
      times={points.map(({ at }) => new Date(at).getTime())}
      series={[
        { label: "Sent", tone: "done", counts: sent },
        { label: "Failed", tone: "person", counts: failed },
      ]}
      formatTime={formatClock}
    />
  );
}

function formatSum(counts: readonly number[]): string {
  return formatCount(counts.reduce((sum, count) => sum + count, 0));
}
