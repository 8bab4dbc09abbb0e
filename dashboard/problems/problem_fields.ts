import { graphql, type ResultOf } from "../api/graphql.ts";
import { liveListOf } from "../kit/live_list.ts";

/** Fields of a problem that lists and its page show. */
export const ProblemFields = graphql(`
  fragment ProblemFields on Problem {
    id
    state
    source
    title
    kind
    channel
    provider
    errorType
    code
    meaning
    remedy
    count
    affectedCount
    firstSeenAt
    lastSeenAt
    reopenedAt
    decisions { at state by note ignoredUntil ignoredPerHour }
    trend(hours: 24) { at count }
  }
`);

/** A problem as lists and its page show it. */
export type Problem = ResultOf<typeof ProblemFields>;

/** State of a problem. */
export type ProblemState = Problem["state"];

/** Kind of work that fails. */
export type ProblemSource = Problem["source"];

/** Reads a page of problems. */
export const ProblemsQuery = graphql(
  `
  query Problems($filter: ProblemFilter, $first: Int, $after: String) {
    problems(filter: $filter, first: $first, after: $after) {
      nodes { ...ProblemFields }
      totalCount
      pageInfo { hasNextPage endCursor }
    }
  }
`,
  [ProblemFields],
);

/** Follows the problems that match a filter. */
export const ProblemsUpdated = graphql(
  `
  subscription ProblemsUpdated($filter: ProblemFilter) {
    problemsUpdated(filter: $filter) { reset changed { ...ProblemFields } removedIds }
  }
`,
  [ProblemFields],
);

/** The live list of problems, latest failure first. */
export const PROBLEMS = liveListOf({
  query: ProblemsQuery,
  page: ({ problems }) => problems,
  subscription: ProblemsUpdated,
  changes: ({ problemsUpdated }) => problemsUpdated,
});
