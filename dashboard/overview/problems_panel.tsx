import { formatCount, formatNumberOf } from "../kit/format.ts";
import { PageLink } from "../kit/links.tsx";
import { useLiveList } from "../kit/live_list.ts";
import { RelativeTime } from "../kit/relative_time.tsx";
import { type Problem, PROBLEMS } from "../problems/problem_fields.ts";
import { TrendBars } from "../problems/trend_bars.tsx";
import { allText, ListPanel } from "./list_panel.tsx";

const SHOWN = 6;
const OPEN = { filter: { states: ["OPEN" as const] } };

/** Open problems, latest first. */
export function ProblemsPanel() {
  const list = useLiveList(PROBLEMS, OPEN);
  return (
    <ListPanel
      title="Open problems"
      link={{ to: "/problems", text: allText(list, "Problems") }}
      list={list}
      limit={SHOWN}
      empty="No failure needs attention."
    >
      {(problem) => <ProblemRow key={problem.id} problem={problem} />}
    </ListPanel>
  );
}

function ProblemRow({ problem }: { readonly problem: Problem }) {
  const { id, title, count, lastSeenAt, reopenedAt, trend } = problem;
  return (
    <li className="problem-row">
      <span title={title}>
        {reopenedAt !== null && <span className="tone-person">Opened again:</span>}{" "}
        <PageLink to={`/problems/${id}`}>{title}</PageLink>
      </span>
      <span className="numeric" title={formatNumberOf(count, "failure")}>{formatCount(count)}</span>
      <span className="trend-cell">
        <TrendBars trend={trend} label="Last 24 hours" />
      </span>
      <RelativeTime at={lastSeenAt} />
    </li>
  );
}
