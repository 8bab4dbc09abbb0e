import { Button, Skeleton, Table } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useQuery } from "urql";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { Empty } from "../kit/empty.tsx";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { formatNumberOf } from "../kit/format.ts";
import { PageLink } from "../kit/links.tsx";
import { PageHead } from "../kit/page_head.tsx";
import { Split } from "../kit/split.tsx";
import { CreateEndpoint } from "./create_endpoint.tsx";
import { EndpointHealth } from "./endpoint_health.tsx";
import { type WebhookEndpoint, WebhookEndpointsQuery } from "./operations.ts";

/** Webhook endpoints, with the open one beside the list. */
export default function WebhooksPage() {
  const { id } = useParams({ strict: false });
  const navigate = useNavigate();
  const [{ data, error }, read] = useQuery({ query: WebhookEndpointsQuery });
  const [creating, setCreating] = useState(false);
  // The open endpoint may have been deleted.
  useEffect(() => {
    if (id === undefined) read({ requestPolicy: "network-only" });
  }, [id, read]);
  const endpoints = data?.webhookEndpoints?.nodes;
  const create = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setCreating(true)}>
      Create an endpoint
    </Button>
  );
  return (
    <Split
      open={id !== undefined}
      onClose={() => navigate({ to: "/webhooks" })}
      detail={<Outlet />}
    >
      <PageHead title="Events out" count={endpoints?.length}>
        <CopyGraphQL operation={WebhookEndpointsQuery} variables={{}} />
        {create}
      </PageHead>
      <div className="page">
        {error && !data && <ErrorNotice reason={reasonOf(error)} onRetry={read} />}
        {!data && !error && <Skeleton height={120} />}
        {endpoints?.length === 0 && (
          <Empty title="No endpoints yet" action={create}>
            An endpoint is a URL of yours that is called when something happens: a message finished,
            a delivery bounced, a job failed. Each call is signed, and repeated until it is
            accepted.
          </Empty>
        )}
        {endpoints && endpoints.length > 0 && <Endpoints endpoints={endpoints} openId={id} />}
      </div>
      <CreateEndpoint
        opened={creating}
        onClose={() => setCreating(false)}
        onCreated={(endpoint) => {
          read({ requestPolicy: "network-only" });
          navigate({ to: `/webhooks/${endpoint.id}` });
        }}
      />
    </Split>
  );
}

function Endpoints({ endpoints, openId }: {
  readonly endpoints: readonly WebhookEndpoint[];
  readonly openId: string | undefined;
}) {
  return (
    <Table.ScrollContainer minWidth={320}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>URL</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th className="numeric">Events</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {endpoints.map((endpoint) => (
            <Table.Tr key={endpoint.id} data-open={endpoint.id === openId || undefined}>
              <Table.Td>
                <PageLink to={`/webhooks/${endpoint.id}`}>{endpoint.url}</PageLink>
              </Table.Td>
              <Table.Td>
                <EndpointHealth endpoint={endpoint} />
              </Table.Td>
              <Table.Td className="numeric">
                {formatNumberOf(endpoint.events.length, "event")}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
