import { graphql, type ResultOf } from "../api/graphql.ts";
import { liveListOf } from "../kit/live_list.ts";

const OpenProblem = graphql(`
  fragment OpenProblem on Problem {
    id
    title
    count
    lastSeenAt
    reopenedAt
    trend { at count }
  }
`);

const OpenProblemsQuery = graphql(
  `
  query OpenProblems($filter: ProblemFilter, $first: Int, $after: String) {
    problems(filter: $filter, first: $first, after: $after) {
      nodes { ...OpenProblem }
      totalCount
      pageInfo { hasNextPage endCursor }
    }
  }
`,
  [OpenProblem],
);

const OpenProblemsUpdated = graphql(
  `
  subscription OpenProblemsUpdated($filter: ProblemFilter) {
    problemsUpdated(filter: $filter) { reset changed { ...OpenProblem } removedIds }
  }
`,
  [OpenProblem],
);

/** A problem that waits for a person. */
export type OpenProblem = ResultOf<typeof OpenProblem>;

/** The live list of problems, latest failure first. */
export const PROBLEMS = liveListOf({
  query: OpenProblemsQuery,
  page: ({ problems }) => problems,
  subscription: OpenProblemsUpdated,
  changes: ({ problemsUpdated }) => problemsUpdated,
});
