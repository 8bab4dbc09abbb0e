import { useNavigate, useParams } from "@tanstack/react-router";
import { useMemo } from "react";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { Empty } from "../kit/empty.tsx";
import { formatCount } from "../kit/format.ts";
import { ButtonLink } from "../kit/links.tsx";
import { type Column, List } from "../kit/list.tsx";
import { useLiveList } from "../kit/live_list.ts";
import { RelativeTime } from "../kit/relative_time.tsx";
import { useUrlState } from "../kit/url_state.ts";
import type { DeliveryRow } from "./delivery_fields.ts";
import { DeliveryFilters, filterOf } from "./delivery_filters.tsx";
import { DeliveryOutcome } from "./delivery_outcome.tsx";
import { DeliveryStatusBadge } from "./delivery_status.tsx";
import { NEWEST_DELIVERIES, NewestDeliveriesQuery } from "./newest_deliveries.ts";
import { startOf } from "./period.ts";

const COLUMNS: readonly Column<DeliveryRow>[] = [
  { header: "Recipient", width: "minmax(9rem, 1fr)", cell: ({ recipient }) => recipient.address },
  {
    header: "Status",
    width: "8rem",
    cell: ({ status }) => <DeliveryStatusBadge status={status} />,
  },
  { header: "Message", width: "minmax(8rem, 1fr)", cell: ({ message }) => message?.title },
  {
    header: "What happened",
    width: "minmax(8rem, 1.5fr)",
    secondary: true,
    cell: (row) => <DeliveryOutcome row={row} />,
  },
  {
    header: "Attempts",
    width: "4.5rem",
    numeric: true,
    secondary: true,
    cell: ({ attemptCount, maxAttempts }) => `${attemptCount}/${maxAttempts}`,
  },
  {
    header: "Last attempt",
    width: "6.5rem",
    numeric: true,
    cell: ({ lastAttemptAt }) => lastAttemptAt && <RelativeTime at={lastAttemptAt} />,
  },
];

/** Live list of the deliveries of all messages, newest first. */
export default function DeliveriesList() {
  const [state, setState] = useUrlState();
  const navigate = useNavigate();
  const { id } = useParams({ strict: false });
  const createdFrom = useMemo(() => startOf(state.period), [state.period]);
  const variables = { filter: filterOf(state, createdFrom) };
  const list = useLiveList(NEWEST_DELIVERIES, variables);
  return (
    <>
      <DeliveryFilters state={state} onChange={setState}>
        <CopyGraphQL operation={NewestDeliveriesQuery} variables={variables} />
        {list.totalCount !== null && (
          <span className="dimmed numbers">{formatCount(list.totalCount)} found</span>
        )}
      </DeliveryFilters>
      <List
        label="Deliveries"
        list={list}
        columns={COLUMNS}
        openId={id}
        onOpen={(row) => navigate({ to: `/deliveries/${row.id}`, search: state })}
        empty={Object.keys(variables.filter).length > 0
          ? <Empty title="No delivery matches">Remove a filter to see more.</Empty>
          : (
            <Empty
              title="No deliveries yet"
              action={<ButtonLink to="/compose">Compose a message</ButtonLink>}
            >
              Each recipient of each message has one delivery. Search an address here to see all
              that a person got.
            </Empty>
          )}
      />
    </>
  );
}
