import { Skeleton } from "@mantine/core";
import { useThrottledCallback } from "@mantine/hooks";
import { IconStack2 } from "@tabler/icons-react";
import { Suspense } from "react";
import { Provider, useQuery, useSubscription } from "urql";
import { useUncached } from "../../api/client.ts";
import { CopyGraphQL } from "../../kit/copy_graphql.tsx";
import { Empty } from "../../kit/empty.tsx";
import { ErrorNotice, reasonOf } from "../../kit/error_notice.tsx";
import { lazyPart } from "../../kit/lazy_part.ts";
import { ButtonLink } from "../../kit/links.tsx";
import { useLivePeriod } from "../../kit/period.ts";
import { PeriodFilter } from "../../kit/period_filter.tsx";
import { PageHead } from "../../kit/page_head.tsx";
import { useUrlState } from "../../kit/url_state.ts";
import { KindTable } from "./kind_table.tsx";
import { JobAnalyticsQuery, JobsEnded } from "./operations.ts";

const PeriodChart = lazyPart(() => import("../../kit/period_chart.tsx"));

// At most one reading in this time, however many jobs end.
const REREAD_MS = 5_000;

/** Results of jobs by kind over a period, which is in the URL. */
export default function AnalyticsPage() {
  // Each minute is another query, whose results would fill the cache of a page that stays open.
  return (
    <Provider value={useUncached()}>
      <Analytics />
    </Provider>
  );
}

function Analytics() {
  const [state, setState] = useUrlState();
  const { name, variables, advance } = useLivePeriod(state.period, "24h");
  const [{ data, error }, read] = useQuery({ query: JobAnalyticsQuery, variables });
  const reread = useThrottledCallback(() => {
    if (!advance()) read({ requestPolicy: "network-only" });
  }, REREAD_MS);
  useSubscription({ query: JobsEnded }, (_, event) => {
    reread();
    return event;
  });
  return (
    <>
      <PageHead title="Jobs by kind">
        <CopyGraphQL operation={JobAnalyticsQuery} variables={variables} />
        <ButtonLink to="/jobs" variant="default" leftSection={<IconStack2 size={16} />}>
          All jobs
        </ButtonLink>
      </PageHead>
      <div className="page">
        <PeriodFilter name={name} onChange={(period) => setState({ period })} />
        {error && <ErrorNotice reason={reasonOf(error)} onRetry={read} />}
        {!data && !error && <Skeleton height={240} mt="md" />}
        {data && (data.jobAnalytics.byKind.length === 0
          ? (
            <Empty title="No job ended in this period">
              Choose a longer period. Results are kept for 90 days.
            </Empty>
          )
          : (
            <>
              <Suspense fallback={<Skeleton height={240} mt="md" />}>
                <PeriodChart
                  label="Jobs that ended over time"
                  points={data.jobAnalytics.series}
                  done="Completed"
                  bucket={variables.bucket}
                />
              </Suspense>
              <KindTable stats={data.jobAnalytics.byKind} />
            </>
          ))}
      </div>
    </>
  );
}
