import { Skeleton, Tabs } from "@mantine/core";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { PageHead } from "../kit/page_head.tsx";
import { useUrlState } from "../kit/url_state.ts";
import { ConfigurationTab } from "./configuration_tab.tsx";
import { HoldNotice } from "./hold_notice.tsx";
import { InstallationQuery } from "./operations.ts";
import { LanesTable } from "./lanes_table.tsx";
import { OrganizationsTab } from "./organizations/organizations_tab.tsx";
import { ProvidersTab } from "./providers_tab.tsx";
import { useInstallation } from "./use_installation.ts";
import { WorkersTable } from "./workers_table.tsx";

/** Installation: its parts in tabs, all live. */
export default function InstallationPage() {
  const { installation, error, read } = useInstallation();
  const [{ tab = "workers" }, setState] = useUrlState();
  return (
    <div className="installation">
      <PageHead title="Installation">
        {installation && <span className="dimmed">Waybill {installation.version}</span>}
        <CopyGraphQL operation={InstallationQuery} variables={{}} />
      </PageHead>
      {error && !installation && <ErrorNotice reason={reasonOf(error)} onRetry={read} />}
      {!error && !installation && <Skeleton height={160} mx="md" width="auto" />}
      {installation && <HoldNotice installation={installation} />}
      {installation && (
        <Tabs
          className="tabs"
          value={tab}
          onChange={(value) => setState({ tab: value ?? undefined, organization: undefined })}
          keepMounted={false}
        >
          <Tabs.List>
            <Tabs.Tab value="workers">Workers and lanes</Tabs.Tab>
            <Tabs.Tab value="providers">Providers</Tabs.Tab>
            <Tabs.Tab value="organizations">Organizations</Tabs.Tab>
            <Tabs.Tab value="configuration">Configuration</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="workers" className="page">
            <WorkersTable workers={installation.processor.workers} />
            <LanesTable installation={installation} />
          </Tabs.Panel>
          <Tabs.Panel value="providers" className="page">
            <ProvidersTab installation={installation} />
          </Tabs.Panel>
          <Tabs.Panel value="organizations" className="tab-panel">
            <OrganizationsTab />
          </Tabs.Panel>
          <Tabs.Panel value="configuration" className="page">
            <ConfigurationTab settings={installation.configuration} />
          </Tabs.Panel>
        </Tabs>
      )}
    </div>
  );
}
