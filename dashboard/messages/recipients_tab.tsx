import * as columns from "../deliveries/delivery_columns.tsx";
import { DELIVERIES, DeliveriesQuery, type DeliveryRow } from "../deliveries/delivery_fields.ts";
import { DeliveryDrawer } from "../deliveries/delivery_drawer.tsx";
import { DELIVERY_STATUSES } from "../deliveries/delivery_status.tsx";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { Empty } from "../kit/empty.tsx";
import { ChipFilter, FilterBar, SearchFilter } from "../kit/filters.tsx";
import { formatCount, formatEnum } from "../kit/format.ts";
import { type Column, List } from "../kit/list.tsx";
import { useLiveList } from "../kit/live_list.ts";
import { listOf, useUrlState } from "../kit/url_state.ts";
import type { MessageDetail } from "./message_query.ts";

const COLUMNS: readonly Column<DeliveryRow>[] = [
  columns.RECIPIENT,
  columns.STATUS,
  columns.OUTCOME,
  columns.ATTEMPTS,
  columns.LAST_ATTEMPT,
];

/** Recipients of a message by status. */
export default function RecipientsTab({ message }: { readonly message: MessageDetail }) {
  const [state, setState] = useUrlState();
  const statuses = listOf(state.recipientStatus, DELIVERY_STATUSES);
  const variables = {
    filter: {
      messageId: message.id,
      ...(statuses && { statuses }),
      ...(state.recipient && { search: state.recipient }),
    },
  };
  const list = useLiveList(DELIVERIES, variables);
  return (
    <>
      <FilterBar>
        <SearchFilter
          label="Search address or error"
          value={state.recipient}
          onChange={(recipient) => setState({ recipient })}
        />
        <ChipFilter
          label="Status"
          values={DELIVERY_STATUSES}
          chosen={statuses}
          onChange={(status) => setState({ recipientStatus: status })}
        >
          {(status) => (
            <>
              {formatEnum(status)} <CountOf message={message} status={status} />
            </>
          )}
        </ChipFilter>
        <CopyGraphQL operation={DeliveriesQuery} variables={variables} />
      </FilterBar>
      <List
        label="Recipients"
        list={list}
        columns={COLUMNS}
        openId={state.delivery}
        onOpen={(row) => setState({ delivery: row.id }, "push")}
        empty={statuses || state.recipient
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
