import { Chip, Group } from "@mantine/core";
import { DELIVERIES, DeliveriesQuery, type DeliveryRow } from "../deliveries/delivery_fields.ts";
import { DeliveryDrawer } from "../deliveries/delivery_drawer.tsx";
import { DeliveryOutcome } from "../deliveries/delivery_outcome.tsx";
import { DELIVERY_STATUSES, DeliveryStatusBadge } from "../deliveries/delivery_status.tsx";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { Empty } from "../kit/empty.tsx";
import { FilterBar, SearchFilter } from "../kit/filters.tsx";
import { formatCount, formatEnum } from "../kit/format.ts";
import { type Column, List } from "../kit/list.tsx";
import { useLiveList } from "../kit/live_list.ts";
import { RelativeTime } from "../kit/relative_time.tsx";
import { listOf, useUrlState } from "../kit/url_state.ts";
import type { MessageDetail } from "./message_query.ts";

const COLUMNS: readonly Column<DeliveryRow>[] = [
  { header: "Recipient", width: "minmax(9rem, 1.2fr)", cell: ({ recipient }) => recipient.address },
  {
    header: "Status",
    width: "8rem",
    cell: ({ status }) => <DeliveryStatusBadge status={status} />,
  },
  {
    header: "What happened",
    width: "minmax(8rem, 2fr)",
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
    secondary: true,
    cell: ({ lastAttemptAt }) => lastAttemptAt && <RelativeTime at={lastAttemptAt} />,
  },
];

/** Recipients of a message by status. */
export default function RecipientsTab({ message }: { readonly message: MessageDetail }) {
  const [state, setState] = useUrlState();
  const statuses = listOf(state.status, DELIVERY_STATUSES);
  const variables = {
    filter: {
      messageId: message.id,
      ...(statuses && { statuses }),
      ...(state.q && { search: state.q }),
    },
  };
  const list = useLiveList(DELIVERIES, variables);
  return (
    <>
      <FilterBar>
        <SearchFilter
          label="Search address or error"
          value={state.q}
          onChange={(q) => setState({ q })}
        />
        <Chip.Group
          multiple
          value={statuses ?? []}
          onChange={(chosen) => setState({ status: chosen.join(",") })}
        >
          <Group gap={6}>
            {DELIVERY_STATUSES.map((status) => (
              <Chip key={status} value={status} size="xs" variant="outline">
                {formatEnum(status)} <CountOf message={message} status={status} />
              </Chip>
            ))}
          </Group>
        </Chip.Group>
        <CopyGraphQL operation={DeliveriesQuery} variables={variables} />
      </FilterBar>
      <List
        label="Recipients"
        list={list}
        columns={COLUMNS}
        openId={state.delivery}
        onOpen={(row) => setState({ delivery: row.id })}
        empty={statuses || state.q
          ? <Empty title="No recipient matches">Remove a filter to see more.</Empty>
          : <Empty title="No recipients yet">They appear while the message is planned.</Empty>}
      />
      <DeliveryDrawer id={state.delivery} onClose={() => setState({ delivery: undefined })} />
    </>
  );
}

function CountOf({ message: { stats }, status }: {
  readonly message: MessageDetail;
  readonly status: DeliveryRow["status"];
}) {
  const counts: Readonly<Record<DeliveryRow["status"], number>> = {
    PENDING: stats.pending,
    SENDING: stats.sending,
    SENT: stats.sent,
    FAILED: stats.failed,
    BOUNCED: stats.bounced,
    COMPLAINED: stats.complained,
    UNKNOWN: stats.unknown,
    SUPPRESSED: stats.suppressed,
    CANCELLED: stats.cancelled,
  };
  return <span className="numbers dimmed">{formatCount(counts[status])}</span>;
}
