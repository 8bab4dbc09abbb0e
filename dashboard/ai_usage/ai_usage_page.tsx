import { Button, Skeleton } from "@mantine/core";
import { useThrottledCallback } from "@mantine/hooks";
import { IconTag } from "@tabler/icons-react";
import { useState } from "react";
import { Provider, useQuery, useSubscription } from "urql";
import { useUncached } from "../api/client.ts";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { PageHead } from "../kit/page_head.tsx";
import { useLivePeriod } from "../kit/period.ts";
import { PeriodFilter } from "../kit/period_filter.tsx";
import { useUrlState } from "../kit/url_state.ts";
import { useViewer } from "../shell/viewer.tsx";
import { AiTodayUpdated, AiUsageQuery } from "./operations.ts";
import { PriceDialog } from "./price_dialog.tsx";
import { TodayPanel } from "./today_panel.tsx";
import { UsageOfPeriod } from "./usage_of_period.tsx";

const REREAD_MS = 3_000;

/** Usage of the language model: today with its budget, and a period by kind and model. */
export default function AiUsagePage() {
  // Each minute is another query, whose results would fill the cache of a page that stays open.
  return (
    <Provider value={useUncached()}>
      <LiveUsage />
    </Provider>
  );
}

function LiveUsage() {
  const { role } = useViewer();
  const [state, setState] = useUrlState();
  // Model of the dialog; null: closed.
  const [priced, setPriced] = useState<string | null>(null);
  const { name, variables, advance } = useLivePeriod(state.period, "30d");
  const [{ data, error }, read] = useQuery({ query: AiUsageQuery, variables });
  const readNow = () => read({ requestPolicy: "network-only" });
  const readSoon = useThrottledCallback(() => {
    if (!advance()) readNow();
  }, REREAD_MS);
  const [{ data: live, error: liveError }] = useSubscription(
    { query: AiTodayUpdated },
    (_, event) => {
      readSoon();
      return event;
    },
  );
  const setPrice = role === "OPERATOR" ? setPriced : undefined;
  return (
    <>
      <PageHead title="AI usage">
        <CopyGraphQL operation={AiUsageQuery} variables={variables} />
        {setPrice && (
          <Button
            variant="default"
            leftSection={<IconTag size={16} />}
            onClick={() => setPriced("")}
          >
            Set a price …
          </Button>
        )}
      </PageHead>
      <div className="page analytics">
        {live
          ? <TodayPanel today={live.overviewUpdated.ai} />
          : liveError
          ? <ErrorNotice reason={reasonOf(liveError)} />
          : <Skeleton height={120} />}
        <div className="filters">
          <PeriodFilter name={name} onChange={(period) => setState({ period })} />
        </div>
        {error && !data && <ErrorNotice reason={reasonOf(error)} onRetry={readNow} />}
        {!data && !error && <Skeleton height={240} />}
        {data && (
          <UsageOfPeriod
            usage={data.aiUsage}
            failedCalls={data.aiCalls.nodes}
            bucket={variables.bucket}
            onSetPrice={setPrice}
          />
        )}
      </div>
      <PriceDialog
        model={priced}
        onClose={() => setPriced(null)}
        onSet={readNow}
      />
    </>
  );
}
