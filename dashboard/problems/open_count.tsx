import { graphql } from "../api/graphql.ts";
import { formatCount } from "../kit/format.ts";
import { liveCountOf, useLiveCount } from "../kit/live_count.ts";

const OPEN_PROBLEMS = liveCountOf({
  query: graphql(`
    query OpenProblems {
      problems(filter: { states: [OPEN] }, first: 100) { totalCount nodes { id } }
    }
  `),
  page: ({ problems }) => problems,
  subscription: graphql(`
    subscription OpenProblemsUpdated {
      problemsUpdated(filter: { states: [OPEN] }) { reset changed { id } removedIds }
    }
  `),
  changes: ({ problemsUpdated }) => problemsUpdated,
});

/** Number of open problems; nothing for zero. */
export function OpenCount() {
  const count = useLiveCount(OPEN_PROBLEMS);
  if (!count) return null;
  return <span className="tone-person">{formatCount(count)}</span>;
}
