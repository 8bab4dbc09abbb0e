import { Checkbox } from "@mantine/core";
import { useMemo, useState } from "react";
import { BulkActionPanel } from "../../bulk_actions/bulk_action_panel.tsx";
import { DELIVERIES, type DeliveryRow } from "../../deliveries/delivery_fields.ts";
import { DeliveryDrawer } from "../../deliveries/delivery_drawer.tsx";
import { DeliveryStatusBadge, LOST_STATUSES } from "../../deliveries/delivery_status.tsx";
import { ErrorText } from "../../deliveries/error_text.tsx";
import { ALL_ERROR_TYPES } from "../../deliveries/error_types.ts";
import { Empty } from "../../kit/empty.tsx";
import { SearchFilter } from "../../kit/filters.tsx";
import { type Column, List } from "../../kit/list.tsx";
import { useLiveList } from "../../kit/live_list.ts";
import { RelativeTime } from "../../kit/relative_time.tsx";
import { listOf, useUrlState } from "../../kit/url_state.ts";
import type { MessageDetail } from "../message_query.ts";
import { ErrorChips } from "./error_chips.tsx";
import { RetryBar } from "./retry_bar.tsx";
import { UnknownBar } from "./unknown_bar.tsx";

/** Failed recipients of a message, by error type, with their retries. */
export default function FailedTab({ message }: { readonly message: MessageDetail }) {
  const [state, setState] = useUrlState();
  const [selected, setSelected] = useState<ReadonlyMap<string, DeliveryRow>>(new Map());
  const chosen = listOf(state.errors, ALL_ERROR_TYPES) ?? [];
  const list = useLiveList(DELIVERIES, {
    orderBy: "FAILED_DESC",
    filter: {
      messageId: message.id,
      statuses: [...LOST_STATUSES],
      ...(chosen.length > 0 && { errorTypes: chosen }),
      ...(state.q && { search: state.q }),
    },
  });

  function toggle(row: DeliveryRow) {
    const next = new Map(selected);
    if (!next.delete(row.id)) next.set(row.id, row);
    setSelected(next);
  }

  const columns = useMemo(() => columnsOf(selected, toggle), [selected]);
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
        selected={selected}
        onDone={() => setSelected(new Map())}
      >
        <SearchFilter
          label="Search address or error"
          value={state.q}
          onChange={(q) => setState({ q })}
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
        columns={columns}
        openId={state.delivery}
        onOpen={(row) => setState({ delivery: row.id })}
        onToggle={toggle}
        empty={chosen.length > 0 || state.q
          ? <Empty title="No failed recipient matches">Remove a filter to see more.</Empty>
          : (
            <Empty title="No recipient failed">
              Recipients whose delivery fails, bounces or is reported as unwanted appear here.
            </Empty>
          )}
      />
      <DeliveryDrawer id={state.delivery} onClose={() => setState({ delivery: undefined })} />
    </>
  );
}

function columnsOf(
  selected: ReadonlyMap<string, DeliveryRow>,
  toggle: (row: DeliveryRow) => void,
): readonly Column<DeliveryRow>[] {
  return [
    {
      header: "",
      width: "1.5rem",
      cell: (row) => (
        <Checkbox
          size="xs"
          aria-label={`Select ${row.recipient.address}`}
          checked={selected.has(row.id)}
          onClick={(event) => event.stopPropagation()}
          onChange={() => toggle(row)}
        />
      ),
    },
    {
      header: "Recipient",
      width: "minmax(9rem, 1.2fr)",
      cell: ({ recipient }) => recipient.address,
    },
    {
      header: "Status",
      width: "7.5rem",
      cell: ({ status }) => <DeliveryStatusBadge status={status} />,
    },
    {
      header: "Error",
      width: "minmax(8rem, 2fr)",
      cell: ({ error }) => <ErrorText error={error} />,
    },
    {
      header: "Attempts",
      width: "4.5rem",
      numeric: true,
      secondary: true,
      cell: ({ attemptCount, maxAttempts }) => `${attemptCount}/${maxAttempts}`,
    },
    {
      header: "Retryable",
      width: "5rem",
      secondary: true,
      cell: ({ retryable }) => retryable ? "yes" : <span className="dimmed">no</span>,
    },
    {
      header: "Last attempt",
      width: "6.5rem",
      numeric: true,
      secondary: true,
      cell: ({ lastAttemptAt }) => lastAttemptAt && <RelativeTime at={lastAttemptAt} />,
    },
  ];
}
