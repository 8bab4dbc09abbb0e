import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { Empty } from "../kit/empty.tsx";
import { formatCount, formatEnum } from "../kit/format.ts";
import { type Column, List } from "../kit/list.tsx";
import { useLiveList } from "../kit/live_list.ts";
import { PageHead } from "../kit/page_head.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { Split } from "../kit/split.tsx";
import { useUrlState } from "../kit/url_state.ts";
import { type Problem, PROBLEMS, ProblemsQuery } from "./problem_fields.ts";
import { filterOf, ProblemFilters } from "./problem_filters.tsx";
import { affectedText } from "./problem_facts.tsx";
import { ProblemStatus } from "./problem_state.tsx";
import { TrendBars } from "./trend_bars.tsx";

const COLUMNS: readonly Column<Problem>[] = [
  {
    header: "Problem",
    width: "minmax(10rem, 1fr)",
    cell: ({ title }) => <strong title={title}>{title}</strong>,
  },
  { header: "State", width: "6.5rem", cell: (problem) => <ProblemStatus problem={problem} /> },
  {
    header: "Where",
    width: "9rem",
    secondary: true,
    cell: ({ provider, channel, kind }) => {
      const place = channel ?? kind;
      return provider ?? (place && formatEnum(place));
    },
  },
  {
    header: "Last 24 h",
    width: "5rem",
    cell: ({ trend }) => <TrendBars trend={trend} label="Last 24 hours" />,
  },
  {
    header: "Failures",
    width: "4.5rem",
    numeric: true,
    cell: ({ count }) => formatCount(count),
  },
  {
    header: "Affected",
    width: "7.5rem",
    numeric: true,
    secondary: true,
    cell: (problem) => affectedText(problem),
  },
  {
    header: "Last seen",
    width: "5.5rem",
    numeric: true,
    cell: ({ lastSeenAt }) => <RelativeTime at={lastSeenAt} />,
  },
];

/** Problems by their latest failure, with the open one beside the list. */
export default function ProblemsPage() {
  const [state, setState] = useUrlState();
  const navigate = useNavigate();
  const { id } = useParams({ strict: false });
  const variables = { filter: filterOf(state) };
  const list = useLiveList(PROBLEMS, variables);
  const { bulk: _bulk, hours: _hours, ...filters } = state;
  return (
    <Split
      open={id !== undefined}
      onClose={() => navigate({ to: "/problems", search: filters })}
      detail={<Outlet />}
    >
      <PageHead title="Problems" count={list.totalCount}>
        <CopyGraphQL operation={ProblemsQuery} variables={variables} />
      </PageHead>
      <ProblemFilters state={state} onChange={setState} />
      <List
        label="Problems"
        list={list}
        columns={COLUMNS}
        openId={id}
        pageOf={(row) => ({ to: `/problems/${row.id}`, search: filters })}
        empty={Object.keys(filters).length > 0
          ? <Empty title="No problem matches">Choose another state or remove a filter.</Empty>
          : (
            <Empty title="No open problems">
              Failures of deliveries and jobs appear here, grouped by their cause, each with its
              meaning and its remedy. A resolved problem opens again at its next failure.
            </Empty>
          )}
      />
    </Split>
  );
}
