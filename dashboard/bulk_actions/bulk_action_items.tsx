import { useThrottledValue } from "@mantine/hooks";
import { useEffect, useRef } from "react";
import { graphql, type ResultOf } from "../api/graphql.ts";
import { DeliveryStatusBadge } from "../deliveries/delivery_status.tsx";
import { JobStatusBadge } from "../jobs/job_status.tsx";
import { Empty } from "../kit/empty.tsx";
import { ChipFilter, FilterBar } from "../kit/filters.tsx";
import { formatEnum } from "../kit/format.ts";
import { type Column, List } from "../kit/list.tsx";
import { liveListOf, useLiveList } from "../kit/live_list.ts";
import { listOf, useUrlState } from "../kit/url_state.ts";
import type { BulkAction } from "./bulk_action_fields.ts";
import { skippedCount } from "./bulk_action_progress.tsx";

const REREAD_MS = 2_000;

const ItemsQuery = graphql(`
  query BulkActionItems($id: ID!, $filter: BulkActionItemFilter, $first: Int, $after: String) {
    bulkAction(id: $id) {
      id
      items(filter: $filter, first: $first, after: $after) {
        edges {
          cursor
          node {
            state
            reason
            subject {
              __typename
              id
              ... on Delivery { deliveryStatus: status recipient { address } error { message } }
              ... on Job { jobStatus: status kind error { message } }
            }
          }
        }
        totalCount
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`);

type ItemPage = NonNullable<ResultOf<typeof ItemsQuery>["bulkAction"]>["items"];
type ItemRow = ItemPage["edges"][number]["node"] & { readonly id: string };
type ItemState = ItemRow["state"];

const ITEMS = liveListOf({
  query: ItemsQuery,
  page: ({ bulkAction }) => ({
    totalCount: bulkAction?.items.totalCount ?? 0,
    pageInfo: bulkAction?.items.pageInfo ?? { hasNextPage: false, endCursor: null },
    // The object may have been deleted, so that the position is the id of the row.
    nodes: bulkAction?.items.edges.map(({ cursor, node }) => ({ ...node, id: cursor })) ?? [],
  }),
  subscription: null,
  changes: () => ({ reset: true, changed: [], removedIds: [] }),
});

const STATE_LABELS: Readonly<Record<ItemState, string>> = {
  SELECTED: "Waiting",
  ACTED: "In progress",
  DONE: "Done",
  FAILED: "Failed again",
  SKIPPED: "Skipped",
};
const STATES: readonly ItemState[] = ["FAILED", "SKIPPED", "ACTED", "DONE", "SELECTED"];

const COLUMNS: readonly Column<ItemRow>[] = [
  { header: "Item", width: "minmax(9rem, 1fr)", cell: ({ subject }) => nameOf(subject) },
  { header: "In this action", width: "7rem", cell: ({ state }) => STATE_LABELS[state] },
  { header: "Now", width: "8rem", cell: ({ subject }) => <StatusOf subject={subject} /> },
  {
    header: "Reason or error",
    width: "minmax(8rem, 2fr)",
    cell: ({ reason, subject }) => reason ?? errorOf(subject),
  },
];

/** Items of a bulk action in the order of the selection, with their results. */
export function BulkActionItems({ action }: { readonly action: BulkAction }) {
  const [state, setState] = useUrlState();
  const states = listOf(state.items, STATES);
  const list = useLiveList(ITEMS, { id: action.id, filter: states ? { states } : {} });
  const { done, failedAgain, inProgress, total } = action;
  const counts = [done, failedAgain, inProgress, total, skippedCount(action)].join();
  // The items have no events of their own; the counts change whenever an item does.
  const changed = useThrottledValue(counts, REREAD_MS);
  const { refresh } = list;
  const shown = useRef(changed);
  useEffect(() => {
    if (shown.current === changed) return;
    shown.current = changed;
    refresh();
  }, [changed, refresh]);
  return (
    <>
      <FilterBar>
        <ChipFilter
          label="State of the items"
          values={STATES}
          chosen={states}
          onChange={(items) => setState({ items })}
        >
          {(value) => STATE_LABELS[value]}
        </ChipFilter>
      </FilterBar>
      <List
        label="Items"
        list={list}
        columns={COLUMNS}
        pageOf={({ subject }) =>
          subject
            ? { to: `/${subject.__typename === "Job" ? "jobs" : "deliveries"}/${subject.id}` }
            : undefined}
        empty={states
          ? <Empty title="No item matches">Remove a filter to see more.</Empty>
          : <Empty title="No items">Items that the action has not acted on are not listed.</Empty>}
      />
    </>
  );
}

function nameOf(subject: ItemRow["subject"]): string {
  switch (subject?.__typename) {
    case "Delivery":
      return subject.recipient.address;
    case "Job":
      return formatEnum(subject.kind);
    default:
      return "deleted";
  }
}

function StatusOf({ subject }: Pick<ItemRow, "subject">) {
  switch (subject?.__typename) {
    case "Delivery":
      return <DeliveryStatusBadge status={subject.deliveryStatus} />;
    case "Job":
      return <JobStatusBadge status={subject.jobStatus} />;
    default:
      return null;
  }
}

function errorOf(subject: ItemRow["subject"]): string | null {
  return subject && "error" in subject ? subject.error?.message ?? null : null;
}
