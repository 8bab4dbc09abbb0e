import { Skeleton } from "@mantine/core";
import { useThrottledCallback } from "@mantine/hooks";
import { Provider, useQuery, useSubscription } from "urql";
import { useUncached } from "../api/client.ts";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { PageHead } from "../kit/page_head.tsx";
import { useLivePeriod } from "../kit/period.ts";
import { PeriodFilter } from "../kit/period_filter.tsx";
import { useUrlState } from "../kit/url_state.ts";
import { QualityChanged, SuggestionQualityQuery } from "./operations.ts";
import { QualityOfPeriod } from "./quality_of_period.tsx";
import "./suggestion_quality.css";

const REREAD_MS = 3_000;

/** Quality of suggested replies over a period, measured by the replies that were sent. */
export default function SuggestionQualityPage() {
  // Each minute is another query, whose results would fill the cache of a page that stays open.
  return (
    <Provider value={useUncached()}>
      <LiveQuality />
    </Provider>
  );
}

function LiveQuality() {
  const [state, setState] = useUrlState();
  const { name, variables, advance } = useLivePeriod(state.period, "30d");
  const [{ data, error }, read] = useQuery({ query: SuggestionQualityQuery, variables });
  const readNow = () => read({ requestPolicy: "network-only" });
  const readSoon = useThrottledCallback(() => {
    if (!advance()) readNow();
  }, REREAD_MS);
  useSubscription({ query: QualityChanged }, (_, event) => {
    readSoon();
    return event;
  });
  return (
    <>
      <PageHead title="Suggestion quality">
        <CopyGraphQL operation={SuggestionQualityQuery} variables={variables} />
      </PageHead>
      <div className="page analytics">
        <div className="filters">
          <PeriodFilter name={name} onChange={(period) => setState({ period })} />
        </div>
        {error && !data && <ErrorNotice reason={reasonOf(error)} onRetry={readNow} />}
        {!data && !error && <Skeleton height={240} />}
        {data && <QualityOfPeriod quality={data.suggestionAnalytics} bucket={variables.bucket} />}
      </div>
    </>
  );
}
