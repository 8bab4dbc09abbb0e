import { SegmentedControl, Skeleton } from "@mantine/core";
import { useThrottledCallback } from "@mantine/hooks";
import { useMemo } from "react";
import { useQuery, useSubscription } from "urql";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { Empty } from "../kit/empty.tsx";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { formatFraction, formatNumberOf } from "../kit/format.ts";
import { useUrlState } from "../kit/url_state.ts";
import { type Analytics, DeliveryAnalyticsQuery, ResultsChanged } from "./analytics_query.ts";
import { Effectiveness } from "./effectiveness.tsx";
import { ErrorShares } from "./error_shares.tsx";
import { MessageSuccess } from "./message_success.tsx";
import { PERIODS, startOf } from "./period.ts";

const REREAD_MS = 3_000;
const DAY_MS = 86_400_000;
const DEFAULT_PERIOD = "7d";

/** Results over a period: success per message, errors by share, effectiveness of retries. */
export default function DeliveryAnalytics() {
  const [state, setState] = useUrlState();
  const period = startOf(state.period) ? state.period : DEFAULT_PERIOD;
  const variables = useMemo(() => ({
    from: startOf(period) ?? "",
    // After now, so that the period includes what happens while the page is open.
    to: new Date(Date.now() + DAY_MS).toISOString(),
  }), [period]);
  const [{ data, error }, read] = useQuery({ query: DeliveryAnalyticsQuery, variables });
  const readSoon = useThrottledCallback(() => read({ requestPolicy: "network-only" }), REREAD_MS);
  useSubscription({ query: ResultsChanged }, (_, event) => {
    readSoon();
    return event;
  });
  return (
    <div className="page analytics">
      <div className="filters">
        <SegmentedControl
          aria-label="Period"
          size="xs"
          data={PERIODS.map(({ value, length }) => ({ value, label: length }))}
          value={period}
          onChange={(value) => setState({ period: value })}
        />
        <CopyGraphQL operation={DeliveryAnalyticsQuery} variables={variables} />
      </div>
      {error && !data && <ErrorNotice reason={reasonOf(error)} onRetry={read} />}
      {data ? <Results analytics={data.deliveryAnalytics} /> : !error && <Skeleton height={200} />}
    </div>
  );
}

function Results({ analytics }: { readonly analytics: Analytics }) {
  const { successFraction, suppressed, messages, errorTypes, retryEffectiveness } = analytics;
  if (messages.nodes.length === 0 && retryEffectiveness.length === 0) {
    return (
      <Empty title="Nothing was sent in this period">
        Choose a longer period. The results of each attempt are counted here.
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
          `${formatNumberOf(suppressed, "recipient")} got nothing, because they are suppressed.`}
      </p>
      <div className="analytics-parts">
        <section>
          <h3>Errors by share</h3>
          <ErrorShares shares={errorTypes} />
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
