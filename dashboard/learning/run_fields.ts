import { graphql, type ResultOf } from "../api/graphql.ts";
import { liveListOf } from "../kit/live_list.ts";

const JobFields = graphql(`
  fragment LearningJobFields on Job {
    id
    status
    runAt
    priority
    canCancel
    canRetry
    progress { etaMs }
    waitingFor { reason text until }
    error { type code message }
  }
`);

/** Fields of a learning run that lists show. */
export const RunFields = graphql(
  `
  fragment LearningRunFields on LearningRun {
    id
    status
    startedBy
    relearn
    since
    chosenCount
    retryOf { id }
    createdAt
    startedAt
    finishedAt
    durationMs
    total
    processed
    succeeded
    failed
    skipped
    newFactCount
    cost { amount currency }
    job { ...LearningJobFields }
  }
`,
  [JobFields],
);

/** A learning run as lists show it. */
export type RunRow = ResultOf<typeof RunFields>;

/** State of a learning run. */
export type RunStatus = RunRow["status"];

/** True until a run has ended. */
export function isUnfinished({ status }: Pick<RunRow, "status">): boolean {
  return status === "QUEUED" || status === "RUNNING";
}

const RunDetailFields = graphql(
  `
  fragment LearningRunDetailFields on LearningRun {
    ...LearningRunFields
    prompt { id version }
    failures(first: 50) { nodes { itemId label error { type code message } } totalCount }
  }
`,
  [RunFields],
);

/** A learning run with all that its page shows. */
export type RunDetail = ResultOf<typeof RunDetailFields>;

/** Reads a learning run with all that its page shows. */
export const RunQuery = graphql(
  `
  query LearningRun($id: ID!) {
    node(id: $id) { __typename id ... on LearningRun { ...LearningRunDetailFields } }
  }
`,
  [RunDetailFields],
);

/** Follows a learning run until it ends. The cache takes the changes. */
export const RunUpdated = graphql(
  `
  subscription LearningRunUpdated($id: ID!) {
    nodeUpdated(id: $id) { __typename id ... on LearningRun { ...LearningRunDetailFields } }
  }
`,
  [RunDetailFields],
);

/** Follows the wait and the expected end of the job of a run. The cache takes the changes. */
export const RunJobUpdated = graphql(
  `
  subscription LearningJobUpdated($id: ID!) {
    jobUpdated(id: $id, untilFinished: false) {
      ...LearningJobFields
    }
  }
`,
  [JobFields],
);

/** Reads a page of learning runs. */
export const RunsQuery = graphql(
  `
  query LearningRuns($first: Int, $after: String) {
    learningRuns(first: $first, after: $after) {
      nodes { ...LearningRunFields }
      totalCount
      pageInfo { hasNextPage endCursor }
    }
  }
`,
  [RunFields],
);

const RunsUpdated = graphql(
  `
  subscription LearningRunsUpdated {
    learningRunsUpdated { reset changed { ...LearningRunFields } removedIds }
  }
`,
  [RunFields],
);

/** The live list of learning runs, newest first. */
export const RUNS = liveListOf({
  query: RunsQuery,
  page: ({ learningRuns }) => learningRuns,
  subscription: RunsUpdated,
  changes: ({ learningRunsUpdated }) => learningRunsUpdated,
});
