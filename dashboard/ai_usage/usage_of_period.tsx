import { Skeleton } from "@mantine/core";
import { Suspense } from "react";
import { Empty } from "../kit/empty.tsx";
import { formatCount, formatFraction, formatMoney, formatNumberOf } from "../kit/format.ts";
import { lazyPart } from "../kit/lazy_part.ts";
import type { Bucket } from "../kit/period.ts";
import { FailedCalls } from "./failed_calls.tsx";
import { KindTable } from "./kind_table.tsx";
import { ModelTable } from "./model_table.tsx";
import type { AiUsage, FailedCall } from "./operations.ts";

const CostChart = lazyPart(() => import("./cost_chart.tsx"));

/** Cost over a period, by kind and by model, and the newest failed calls. */
export function UsageOfPeriod({ usage, failedCalls, bucket, onSetPrice }: {
  readonly usage: AiUsage;
  readonly failedCalls: readonly FailedCall[];
  readonly bucket: Bucket;
  /** Opens the dialog for the price of a model; absent: the caller may not set it. */
  readonly onSetPrice?: (model: string) => void;
}) {
  const { callCount, cost, unknownCostCount, inputTokens, cachedInputTokens } = usage;
  if (callCount === 0) {
    return (
      <Empty title="The model was not called in this period">
        Estimates of quotes, suggested replies and trials of prompts call it. Choose a longer period
        to see earlier calls.
      </Empty>
    );
  }
  return (
    <>
      <p>
        <strong className="numbers">{cost ? formatMoney(cost) : "Unknown cost"}</strong> for{" "}
        {formatNumberOf(callCount, "call")}, {formatCount(inputTokens)} input tokens
        {cachedInputTokens > 0 && ` (${formatFraction(cachedInputTokens / inputTokens)} cached)`}
        {" "}
        and {formatCount(usage.outputTokens)} output tokens. {unknownCostCount > 0 &&
          `The cost of ${formatNumberOf(unknownCostCount, "call")} is unknown and not counted.`}
      </p>
      <Suspense fallback={<Skeleton height={240} />}>
        <CostChart points={usage.series} bucket={bucket} />
      </Suspense>
      <h3>By purpose</h3>
      <KindTable kinds={usage.byKind} />
      <h3>By model</h3>
      <ModelTable models={usage.byModel} onSetPrice={onSetPrice} />
      <FailedCalls calls={failedCalls} />
    </>
  );
}
