import { Skeleton, Stack } from "@mantine/core";
import { useQuery, useSubscription } from "urql";
import { graphql, type ResultOf } from "../api/graphql.ts";
import { Copy } from "../kit/copy.tsx";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { Id, PageLink } from "../kit/links.tsx";
import { MissingPage } from "../shell/missing_page.tsx";
import { AttemptHistory } from "./attempt_history.tsx";
import { DeliveryContent } from "./delivery_content.tsx";
import { DeliveryFields } from "./delivery_fields.ts";
import { DeliveryStatusBadge } from "./delivery_status.tsx";
import { formatError } from "./error_text.tsx";
import { ERROR_TYPES } from "./error_types.ts";

const DeliveryQuery = graphql(
  `
  query Delivery($id: ID!) {
    delivery(id: $id) {
      ...DeliveryFields
      attempts { number provider startedAt finishedAt outcome error { type code message } }
      content { subject text html }
      contentUrl
      providerMessageId
    }
  }
`,
  [DeliveryFields],
);

const DeliveryChanged = graphql(`
  subscription DeliveryChanged($filter: DeliveryFilter!) {
    deliveriesUpdated(filter: $filter) { changed { id status attemptCount } }
  }
`);

type Detail = NonNullable<ResultOf<typeof DeliveryQuery>["delivery"]>;

/** Story of one recipient: state, error with its remedy, attempts, and the content it got. */
export function DeliveryStory({ id }: { readonly id: string }) {
  const [{ data, error }, read] = useQuery({ query: DeliveryQuery, variables: { id } });
  // The event has no attempts, so each one reads the delivery again.
  useSubscription(
    { query: DeliveryChanged, variables: { filter: { ids: [id] } } },
    (_, event) => {
      read({ requestPolicy: "network-only" });
      return event;
    },
  );
  if (error && !data) return <ErrorNotice reason={reasonOf(error)} />;
  if (!data) return <Skeleton height={200} />;
  if (!data.delivery) return <MissingPage noun="delivery" />;
  return <Story delivery={data.delivery} />;
}

function Story({ delivery }: { readonly delivery: Detail }) {
  const { recipient, error } = delivery;
  return (
    <Stack gap="sm">
      <div>
        <strong>{recipient.address}</strong> <Copy value={recipient.address} label="address" />
        {recipient.name && <span className="dimmed">{recipient.name}</span>}
      </div>
      <div>
        <DeliveryStatusBadge status={delivery.status} /> {delivery.message && (
          <>
            <span className="dimmed">of</span>{" "}
            <PageLink underline="always" to={`/messages/${delivery.message.id}`}>
              {delivery.message.title}
            </PageLink>
          </>
        )}
      </div>
      {error && (
        <div className="delivery-error">
          <div>
            <code>{formatError(error)}</code> <Copy value={formatError(error)} label="error" />
          </div>
          <p>{ERROR_TYPES[error.type].meaning} {ERROR_TYPES[error.type].remedy}</p>
        </div>
      )}
      <AttemptHistory attempts={delivery.attempts} dueAt={delivery.dueAt} />
      <DeliveryContent content={delivery.content} url={delivery.contentUrl} />
      <div className="dimmed">
        <Id id={delivery.id} />
        {delivery.providerMessageId && <div>Message id {delivery.providerMessageId}</div>}
      </div>
    </Stack>
  );
}
