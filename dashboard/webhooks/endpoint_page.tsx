import { Skeleton } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { useQuery, useSubscription } from "urql";
import { graphql } from "../api/graphql.ts";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { Id } from "../kit/links.tsx";
import { PageHead } from "../kit/page_head.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { MissingPage } from "../shell/missing_page.tsx";
import { Calls } from "./calls.tsx";
import { EndpointActions } from "./endpoint_actions.tsx";
import { EndpointHealth } from "./endpoint_health.tsx";
import { EVENTS } from "./events.ts";
import {
  type WebhookEndpoint,
  WebhookEndpointFields,
  WebhookEndpointUpdated,
} from "./operations.ts";

const WebhookEndpointQuery = graphql(
  `
  query WebhookEndpoint($id: ID!) {
    webhookEndpoint(id: $id) { ...WebhookEndpointFields }
  }
`,
  [WebhookEndpointFields],
);

/** Page of an endpoint: its state, events, actions and calls. */
export default function EndpointPage() {
  const { id = "" } = useParams({ strict: false });
  return <OpenEndpoint key={id} id={id} />;
}

function OpenEndpoint({ id }: { readonly id: string }) {
  const [{ data, error }, read] = useQuery({ query: WebhookEndpointQuery, variables: { id } });
  const endpoint = data?.webhookEndpoint;
  // Each event is counted, because it can report new calls of an unchanged endpoint.
  const [{ data: changes = 0 }] = useSubscription(
    { query: WebhookEndpointUpdated, variables: { id }, pause: endpoint == null },
    (count: number | undefined) => (count ?? 0) + 1,
  );
  if (error && !data) return <ErrorNotice reason={reasonOf(error)} onRetry={read} />;
  if (!data) return <Skeleton height={120} m="md" width="auto" />;
  if (!endpoint) return <MissingPage noun="webhook endpoint" />;
  return (
    <>
      <PageHead title={endpoint.url}>
        <EndpointActions endpoint={endpoint} />
      </PageHead>
      <div className="page">
        <div className="object-state">
          <EndpointHealth endpoint={endpoint} />
          <span className="dimmed">
            created <RelativeTime at={endpoint.createdAt} />
          </span>
          <Id id={endpoint.id} />
        </div>
        <EndpointFailure endpoint={endpoint} />
        <p className="dimmed">
          {EVENTS.filter(({ value }) => endpoint.events.includes(value))
            .map(({ label }) => label).join(" · ")}
        </p>
        <PreviousSecret until={endpoint.previousSecretUntil} />
        <Calls endpointId={endpoint.id} enabled={endpoint.enabled} version={changes} />
      </div>
    </>
  );
}

function EndpointFailure({ endpoint }: { readonly endpoint: WebhookEndpoint }) {
  const { disabledReason, lastError, failingSince, retryAt } = endpoint;
  if (disabledReason !== null) {
    return (
      <ErrorNotice
        title="This endpoint is disabled"
        reason={`${disabledReason}. Repair the receiver, then enable the endpoint: waiting calls are made at once.`}
      />
    );
  }
  if (!lastError) return null;
  return (
    <p role="status">
      <code>{lastError.message}</code> {failingSince && (
        <span className="dimmed">
          failing since <RelativeTime at={failingSince} />
        </span>
      )} {retryAt && (
        <span className="dimmed">
          · next try <RelativeTime at={retryAt} />
        </span>
      )}
    </p>
  );
}

function PreviousSecret({ until }: { readonly until: string | null }) {
  if (until === null || new Date(until).getTime() < Date.now()) return null;
  return (
    <p className="dimmed">
      The old secret stays valid; it ends <RelativeTime at={until} />.
    </p>
  );
}
