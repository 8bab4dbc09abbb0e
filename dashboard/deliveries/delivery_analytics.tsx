import { Skeleton } from "@mantine/core";
import { useThrottledCallback } from "@mantine/hooks";
import { Suspense } from "react";
import { Provider, useQuery, useSubscription } from "urql";
import { useUncached } from "../api/client.ts";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { Empty } from "../kit/empty.tsx";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { formatFraction, formatNumberOf } from "../kit/format.ts";
import { lazyPart } from "../kit/lazy_part.ts";
import { type Bucket, useLivePeriod } from "../kit/period.ts";
import { PeriodFilter } from "../kit/period_filter.tsx";
import { useUrlState } from "../kit/url_state.ts";
import { type Analytics, DeliveryAnalyticsQuery, ResultsChanged } from "./analytics_query.ts";
import { Effectiveness } from "./effectiveness.tsx";
import { ErrorShares } from "./error_shares.tsx";
import { MessageSuccess } from "./message_success.tsx";

const REREAD_MS = 3_000;

const PeriodChart = lazyPart(() => import("../kit/period_chart.tsx"));

/** Results over a period: success per message, errors by share, effectiveness of retries. */
export default function DeliveryAnalytics() {
  // Each minute is another query, whose results would fill the cache of a page that stays open.
  return (
    <Provider value={useUncached()}>
      <LiveAnalytics />
    </Provider>
  );
}

function LiveAnalytics() {
  const [state, setState] = useUrlState();
  const { name, variables, advance } = useLivePeriod(state.period, "7d");
  const [{ data, error }, read] = useQuery({ query: DeliveryAnalyticsQuery, variables });
  const readSoon = useThrottledCallback(() => {
    if (!advance()) read({ requestPolicy: "network-only" });
  }, REREAD_MS);
  useSubscription({ query: ResultsChanged }, (_, event) => {
    readSoon();
    return event;
  });
  return (
    <div className="page analytics">
      <div className="filters">
        <PeriodFilter name={name} onChange={(period) => setState({ period })} />
        <CopyGraphQL operation={DeliveryAnalyticsQuery} variables={variables} />
      </div>
      {error && !data && <ErrorNotice reason={reasonOf(error)} onRetry={read} />}
      {!data && !error && <Skeleton height={200} />}
      {data && (
        <Results analytics={data.deliveryAnalytics} period={name} bucket={variables.bucket} />
      )}
    </div>
  );
}

function Results({ analytics, period, bucket }: {
  readonly analytics: Analytics;
  readonly period: string;
  readonly bucket: Bucket;
}) {
  const { successFraction, suppressed, messages, errorTypes, retryEffectiveness } = analytics;
  if (messages.nodes.length === 0 && retryEffectiveness.length === 0) {
    return (
      <Empty title="Nothing was sent in this period">
        Choose a longer period. This page counts the results of all attempts.
      </Empty>
    );
  }
  return (
    <>
      <p>
        {successFraction !== null && (
          <>
            <strong className="numbers">{formatFraction(successFraction)}</strong>{" "}
            of first attempts were sent.{" "}
          </>
        )}
        {suppressed > 0 &&
          `Nothing was sent to ${formatNumberOf(suppressed, "suppressed recipient")}.`}
      </p>
      <Suspense fallback={<Skeleton height={240} />}>
        <PeriodChart
          label="Attempts over time"
          points={analytics.series}
          done="Sent"
          bucket={bucket}
        />
      </Suspense>
      <div className="analytics-parts">
        <section>
          <h3>Errors by share</h3>
          <ErrorShares shares={errorTypes} period={period} />
        </section>
        <section>
          <h3>Retry effectiveness</h3>
          <Effectiveness attempts={retryEffectiveness} />
        </section>
      </div>
      <h3>Success of first attempts per message</h3>
      <MessageSuccess messages={messages} />
    </>
  );
}
