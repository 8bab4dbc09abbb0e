import { useParams } from "@tanstack/react-router";
import { useMemo } from "react";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { Empty } from "../kit/empty.tsx";
import { formatCount } from "../kit/format.ts";
import { ButtonLink } from "../kit/links.tsx";
import { type Column, List } from "../kit/list.tsx";
import { useLiveList } from "../kit/live_list.ts";
import { useUrlState } from "../kit/url_state.ts";
import * as columns from "./delivery_columns.tsx";
import type { DeliveryRow } from "./delivery_fields.ts";
import { DeliveryFilters, filterOf } from "./delivery_filters.tsx";
import { NEWEST_DELIVERIES, NewestDeliveriesQuery } from "./newest_deliveries.ts";
import { startOf } from "../kit/period.ts";

const COLUMNS: readonly Column<DeliveryRow>[] = [
  columns.RECIPIENT,
  columns.STATUS,
  columns.MESSAGE,
  { ...columns.OUTCOME, secondary: true },
  columns.ATTEMPTS,
  { ...columns.LAST_ATTEMPT, secondary: false },
];

/** Live list of the deliveries of all messages, newest first. */
export default function DeliveriesList() {
  const [state, setState] = useUrlState();
  const { id } = useParams({ strict: false });
  const { period, failed } = state;
  const since = useMemo(
    () => ({ createdFrom: startOf(period), failedFrom: startOf(failed) }),
    [period, failed],
  );
  const variables = { filter: filterOf(state, since) };
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
        pageOf={(row) => ({ to: `/deliveries/${row.id}`, search: state })}
        empty={Object.keys(variables.filter).length > 0
          ? <Empty title="No delivery matches">Remove a filter to see more.</Empty>
          : (
            <Empty
              title="No deliveries yet"
              action={<ButtonLink to="/compose">Compose a message</ButtonLink>}
            >
              Each recipient of each message has one delivery. Search an address here to see
              everything that was sent to it.
            </Empty>
          )}
      />
    </>
  );
}
