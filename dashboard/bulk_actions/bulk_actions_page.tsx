import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { Empty } from "../kit/empty.tsx";
import { ChipFilter, FilterBar } from "../kit/filters.tsx";
import { formatCount, formatEnum } from "../kit/format.ts";
import { type Column, List } from "../kit/list.tsx";
import { useLiveList } from "../kit/live_list.ts";
import { PageHead } from "../kit/page_head.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { Split } from "../kit/split.tsx";
import { listOf, useUrlState } from "../kit/url_state.ts";
import { BULK_ACTIONS, type BulkAction, BulkActionsQuery } from "./bulk_action_fields.ts";
import { BulkActionProgress, skippedCount } from "./bulk_action_progress.tsx";
import { BULK_ACTION_STATES, BULK_VERBS, BulkActionStatus } from "./bulk_action_status.tsx";

const COLUMNS: readonly Column<BulkAction>[] = [
  {
    header: "Action",
    width: "minmax(6rem, 1fr)",
    cell: ({ action, total }) => (
      <>
        <strong>{BULK_VERBS[action]}</strong> <span className="dimmed">{formatCount(total)}</span>
      </>
    ),
  },
  { header: "State", width: "7rem", cell: ({ state }) => <BulkActionStatus state={state} /> },
  { header: "Progress", width: "9rem", cell: (action) => <BulkActionProgress action={action} /> },
  {
    header: "Done",
    width: "5rem",
    numeric: true,
    secondary: true,
    cell: ({ done }) => formatCount(done),
  },
  {
    header: "Failed again",
    width: "6rem",
    numeric: true,
    secondary: true,
    cell: ({ failedAgain }) => (
      <span className={failedAgain > 0 ? "tone-person" : "dimmed"}>{formatCount(failedAgain)}</span>
    ),
  },
  {
    header: "Skipped",
    width: "5rem",
    numeric: true,
    secondary: true,
    cell: (action) => formatCount(skippedCount(action)),
  },
  { header: "By", width: "6rem", secondary: true, cell: ({ startedBy }) => startedBy },
  {
    header: "Started",
    width: "6.5rem",
    numeric: true,
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
  },
];

/** Bulk actions, with the open one beside the list. */
export default function BulkActionsPage() {
  const [state, setState] = useUrlState();
  const navigate = useNavigate();
  const { id } = useParams({ strict: false });
  const states = listOf(state.state, BULK_ACTION_STATES);
  const variables = { filter: states ? { states } : {} };
  const list = useLiveList(BULK_ACTIONS, variables);
  return (
    <Split
      open={id !== undefined}
      onClose={() => navigate({ to: "/bulk-actions", search: state })}
      detail={<Outlet />}
    >
      <PageHead title="Bulk actions" count={list.totalCount}>
        <CopyGraphQL operation={BulkActionsQuery} variables={variables} />
      </PageHead>
      <FilterBar>
        <ChipFilter
          label="State"
          values={BULK_ACTION_STATES}
          chosen={states}
          onChange={(value) => setState({ state: value })}
        >
          {formatEnum}
        </ChipFilter>
      </FilterBar>
      <List
        label="Bulk actions"
        list={list}
        columns={COLUMNS}
        openId={id}
        pageOf={(row) => ({ to: `/bulk-actions/${row.id}`, search: state })}
        empty={states
          ? <Empty title="No bulk action matches">Remove a filter to see more.</Empty>
          : (
            <Empty title="No bulk actions yet">
              Retries in stages of a problem, of failed recipients or of jobs appear here, with
              their progress and results. They are kept for 90 days.
            </Empty>
          )}
      />
    </Split>
  );
}
