import { useMemo } from "react";
import { BulkActionPanel } from "../../bulk_actions/bulk_action_panel.tsx";
import * as columns from "../../deliveries/delivery_columns.tsx";
import { DELIVERIES, type DeliveryRow } from "../../deliveries/delivery_fields.ts";
import { DeliveryDrawer } from "../../deliveries/delivery_drawer.tsx";
import { LOST_STATUSES } from "../../deliveries/delivery_status.tsx";
import { ALL_ERROR_TYPES } from "../../deliveries/error_types.ts";
import { Empty } from "../../kit/empty.tsx";
import { SearchFilter } from "../../kit/filters.tsx";
import { type Column, List } from "../../kit/list.tsx";
import { useLiveList } from "../../kit/live_list.ts";
import { useSelection } from "../../kit/selection.tsx";
import { listOf, useUrlState } from "../../kit/url_state.ts";
import type { MessageDetail } from "../message_query.ts";
import { ErrorChips } from "./error_chips.tsx";
import { RetryBar } from "./retry_bar.tsx";
import { UnknownBar } from "./unknown_bar.tsx";

const COLUMNS: readonly Column<DeliveryRow>[] = [
  columns.RECIPIENT,
  columns.STATUS,
  columns.ERROR,
  columns.ATTEMPTS,
  columns.RETRYABLE,
  columns.LAST_ATTEMPT,
];

const addressOf = ({ recipient }: DeliveryRow) => recipient.address;

/** Failed recipients of a message, by error type, with their retries. */
export default function FailedTab({ message }: { readonly message: MessageDetail }) {
  const [state, setState] = useUrlState();
  const selection = useSelection(addressOf);
  const chosen = listOf(state.errors, ALL_ERROR_TYPES) ?? [];
  const list = useLiveList(DELIVERIES, {
    orderBy: "FAILED_DESC",
    filter: {
      messageId: message.id,
      statuses: [...LOST_STATUSES],
      ...(chosen.length > 0 && { errorTypes: chosen }),
      ...(state.recipient && { search: state.recipient }),
    },
  });

  const withBoxes = useMemo(() => [selection.column, ...COLUMNS], [selection.column]);
  return (
    <>
      <ErrorChips
        counts={message.errorTypeCounts}
        chosen={chosen}
        onChange={(types) => setState({ errors: types.join(",") })}
      />
      <UnknownBar message={message} />
      <RetryBar
        message={message}
        chosen={chosen}
        selection={selection}
      >
        <SearchFilter
          label="Search address or error"
          value={state.recipient}
          onChange={(recipient) => setState({ recipient })}
        />
      </RetryBar>
      {state.bulk && (
        <BulkActionPanel
          key={state.bulk}
          id={state.bulk}
          onClose={() => setState({ bulk: undefined })}
        />
      )}
      <List
        label="Failed recipients"
        list={list}
        columns={withBoxes}
        openId={state.delivery}
        onOpen={(row) => setState({ delivery: row.id }, "push")}
        onToggle={selection.toggle}
        empty={chosen.length > 0 || state.recipient
          ? <Empty title="No failed recipient matches">Remove a filter to see more.</Empty>
          : (
            <Empty title="No recipient failed">
              Recipients whose delivery fails, bounces, is unknown or is reported as unwanted appear
              here.
            </Empty>
          )}
      />
      <DeliveryDrawer id={state.delivery} onClose={() => setState({ delivery: undefined })} />
    </>
  );
}
