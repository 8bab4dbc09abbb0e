import { SegmentedControl, Skeleton } from "@mantine/core";
import { useThrottledCallback } from "@mantine/hooks";
import { IconStack2 } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useQuery, useSubscription } from "urql";
import { CopyGraphQL } from "../../kit/copy_graphql.tsx";
import { Empty } from "../../kit/empty.tsx";
import { ErrorNotice, reasonOf } from "../../kit/error_notice.tsx";
import { ButtonLink } from "../../kit/links.tsx";
import { PageHead } from "../../kit/page_head.tsx";
import { useUrlState } from "../../kit/url_state.ts";
import { KindTable } from "./kind_table.tsx";
import { JobAnalyticsQuery, JobsEnded } from "./operations.ts";
import { endOfMinute, isPeriodName, PERIODS } from "./period.ts";

const EndedChart = lazy(() => import("./ended_chart.tsx"));

// At most one reading in this time, however many jobs end.
const REREAD_MS = 5_000;

/** Results of jobs by kind over a period, which stands in the URL. */
export default function AnalyticsPage() {
  const [state, setState] = useUrlState();
  const name = isPeriodName(state.period) ? state.period : "24h";
  const { ms, bucket } = PERIODS[name];
  const [end, setEnd] = useState(endOfMinute);
  const variables = {
    from: new Date(end - ms).toISOString(),
    to: new Date(end).toISOString(),
    bucket,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
  const [{ data, error }, read] = useQuery({ query: JobAnalyticsQuery, variables });
  const reread = useThrottledCallback(() => {
    setEnd(endOfMinute());
    read({ requestPolicy: "network-only" });
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
        <SegmentedControl
          size="xs"
          aria-label="Period"
          value={name}
          onChange={(period) => setState({ period })}
          data={Object.entries(PERIODS).map(([value, { label }]) => ({ value, label }))}
        />
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
                <EndedChart points={data.jobAnalytics.series} bucket={bucket} />
              </Suspense>
              <KindTable stats={data.jobAnalytics.byKind} />
            </>
          ))}
      </div>
    </>
  );
}
