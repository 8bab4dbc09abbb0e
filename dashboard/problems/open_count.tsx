import { useEffect, useRef } from "react";
import { useQuery, useSubscription } from "urql";
import { graphql, type ResultOf } from "../api/graphql.ts";
import { formatCount } from "../kit/format.ts";

const OpenProblemsQuery = graphql(`
  query OpenProblems {
    problems(filter: { states: [OPEN] }, first: 100) { totalCount nodes { id } }
  }
`);

const OpenProblemsUpdated = graphql(`
  subscription OpenProblemsUpdated {
    problemsUpdated(filter: { states: [OPEN] }) { reset changed { id } removedIds }
  }
`);

type OpenEvent = ResultOf<typeof OpenProblemsUpdated>;

/** Number of open problems; nothing for zero. */
export function OpenCount() {
  const [{ data }, read] = useQuery({ query: OpenProblemsQuery });
  const known = useRef<ReadonlySet<string>>(new Set());
  known.current = new Set(data?.problems.nodes.map(({ id }) => id));

  // Most events are further failures of a known problem, which leave the number as it is.
  function countMoves(moves = 0, { problemsUpdated }: OpenEvent): number {
    const { reset, changed, removedIds } = problemsUpdated;
    const moved = reset || removedIds.length > 0 ||
      changed.some(({ id }) => !known.current.has(id));
    return moved ? moves + 1 : moves;
  }

  const [{ data: moves }] = useSubscription({ query: OpenProblemsUpdated }, countMoves);
  useEffect(() => {
    if (moves) read({ requestPolicy: "network-only" });
  }, [moves, read]);
  const count = data?.problems.totalCount ?? 0;
  if (count === 0) return null;
  return <span className="tone-person">{formatCount(count)}</span>;
}
