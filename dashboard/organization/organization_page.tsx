import { Skeleton } from "@mantine/core";
import { useQuery } from "urql";
import { InboundRoutes } from "../inbound_routes/inbound_routes.tsx";
import { OrganizationQuery } from "../installation/organizations/operations.ts";
import { OrganizationForm } from "../installation/organizations/organization_form.tsx";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { Id } from "../kit/links.tsx";
import { PageHead } from "../kit/page_head.tsx";
import { useViewer } from "../shell/viewer.tsx";

/** Settings of the caller's organization. */
export default function OrganizationPage() {
  const { organization: { id } } = useViewer();
  const [{ data, error }, read] = useQuery({ query: OrganizationQuery, variables: { id } });
  const organization = data?.node?.__typename === "Organization" ? data.node : null;
  return (
    <>
      <PageHead title="Organization">
        <Id id={id} />
      </PageHead>
      <div className="page organization-page">
        {error && !data && <ErrorNotice reason={reasonOf(error)} onRetry={read} />}
        {!error && !organization && <Skeleton height={240} />}
        {organization && <OrganizationForm organization={organization} />}
        <InboundRoutes />
      </div>
    </>
  );
}
