import { Skeleton } from "@mantine/core";
import { formatCount, formatNumberOf } from "../kit/format.ts";
import { PageLink } from "../kit/links.tsx";
import { useLiveList } from "../kit/live_list.ts";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { Panel } from "../kit/panel.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { type Problem, PROBLEMS } from "../problems/problem_fields.ts";
import { TrendBars } from "../problems/trend_bars.tsx";

const SHOWN = 6;
const OPEN = { filter: { states: ["OPEN" as const] } };

/** Open problems, latest first. */
export function ProblemsPanel() {
  const { rows, fresh, known, totalCount, error } = useLiveList(PROBLEMS, OPEN);
  // New ones come last, so that no row moves.
  const problems = [...rows, ...fresh];
  const count = totalCount ?? problems.length;
  return (
    <Panel
      title="Open problems"
      link={{ to: "/problems", text: count > 0 ? `All ${formatCount(count)}` : "Problems" }}
    >
      {error && <ErrorNotice reason={reasonOf(error)} />}
      {!known && !error && problems.length === 0 && <Skeleton height={34} mt={8} />}
      {known && problems.length === 0 && (
        <p className="dimmed">Nothing has failed that waits for a person.</p>
      )}
      <ul className="panel-rows">
        {problems.slice(0, SHOWN).map((problem) => (
          <ProblemRow
            key={problem.id}
            problem={problem}
          />
        ))}
      </ul>
    </Panel>
  );
}

function ProblemRow({ problem }: { readonly problem: Problem }) {
  const { id, title, count, lastSeenAt, reopenedAt, trend } = problem;
  return (
    <li className="problem-row">
      <span title={title}>
        {reopenedAt !== null && <span className="tone-person">Came back:</span>}{" "}
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
