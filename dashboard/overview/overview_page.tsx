import { Skeleton } from "@mantine/core";
import { IconPencilPlus } from "@tabler/icons-react";
import { Suspense } from "react";
import { useQuery, useSubscription } from "urql";
import { HoldNotice } from "../installation/hold_notice.tsx";
import { useInstallation } from "../installation/use_installation.ts";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { lazyPart } from "../kit/lazy_part.ts";
import { ButtonLink } from "../kit/links.tsx";
import { PageHead } from "../kit/page_head.tsx";
import { useIsAdmin, useViewer } from "../shell/viewer.tsx";
import { AiPanel } from "./ai_panel.tsx";
import { OverviewFigures } from "./figures.tsx";
import { LanesPanel } from "./lanes_panel.tsx";
import { OverviewQuery, OverviewUpdated } from "./operations.ts";
import { ProcessorPanel } from "./processor_panel.tsx";
import { ProblemsPanel } from "./problems_panel.tsx";
import { ProvidersPanel } from "./providers_panel.tsx";
import { QuotesPanel } from "./quotes_panel.tsx";
import { RecentFailures } from "./recent_failures.tsx";
import { UnderWay } from "./under_way.tsx";
import { WaitingPanel } from "./waiting_panel.tsx";
import { WorkersPanel } from "./workers_panel.tsx";

const Throughput = lazyPart(() => import("./throughput.tsx"));

/** State of the organization at a glance; a MEMBER sees only its own part. */
export default function OverviewPage() {
  const isAdmin = useIsAdmin();
  return (
    <>
      <PageHead title="Overview">
        {isAdmin && <CopyGraphQL operation={OverviewQuery} variables={{}} />}
        <ButtonLink to="/compose" leftSection={<IconPencilPlus size={16} />}>Compose</ButtonLink>
      </PageHead>
      <div className="page">
        {isAdmin ? <OrganizationOverview /> : <OwnOverview />}
      </div>
    </>
  );
}

function OwnOverview() {
  return (
    <div className="panels">
      <div>
        <UnderWay />
      </div>
      <div>
        <RecentFailures />
      </div>
    </div>
  );
}

function OrganizationOverview() {
  const { role } = useViewer();
  const [{ data, error }, read] = useQuery({ query: OverviewQuery });
  useSubscription({ query: OverviewUpdated });
  const overview = data?.overview;
  if (!overview) {
    return error
      ? <ErrorNotice reason={reasonOf(error)} onRetry={read} />
      : <Skeleton height={240} />;
  }
  return (
    <>
      {role === "OPERATOR" && <InstallationNotices />}
      <OverviewFigures overview={overview} />
      <Suspense fallback={<div className="chart-place" />}>
        <Throughput points={overview.deliveries.perMinute} />
      </Suspense>
      <div className="panels">
        <div>
          <ProblemsPanel />
          <UnderWay />
          <QuotesPanel quotes={overview.quotes} />
          <WaitingPanel deliveries={overview.deliveries} />
        </div>
        <div>
          <LanesPanel lanes={overview.queue.byLane} />
          <AiPanel ai={overview.ai} />
          <ProcessorPanel processor={overview.processor} editable={role === "OPERATOR"} />
          {role === "OPERATOR" && <InstallationPanels />}
        </div>
      </div>
    </>
  );
}

function InstallationNotices() {
  const { installation } = useInstallation();
  return installation && <HoldNotice installation={installation} />;
}

function InstallationPanels() {
  const { installation } = useInstallation();
  return installation && (
    <>
      <ProvidersPanel providers={installation.providers} />
      <WorkersPanel workers={installation.processor.workers} />
    </>
  );
}
