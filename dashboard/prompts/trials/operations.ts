import { Failure, graphql, type ResultOf } from "../../api/graphql.ts";

const TrialFields = graphql(`
  fragment TrialFields on PromptTrial {
    id
    prompt { id name version active }
    sampleCount
    finishedCount
    failedCount
    meanSimilarity
    estimatedCost { amount currency }
    cost { amount currency }
    createdAt
    createdBy
    finishedAt
    job { id status waitingFor { reason text until } error { type code message } }
  }
`);

/** A trial as its prompt lists it. */
export type Trial = ResultOf<typeof TrialFields>;

/** Reads the newest trials of a prompt. */
export const TrialsQuery = graphql(
  `
  query PromptTrials($id: ID!) {
    prompt(id: $id) {
      id
      trials(first: 10) { nodes { ...TrialFields } totalCount }
    }
  }
`,
  [TrialFields],
);

/** Reads a trial with all its results. */
export const TrialQuery = graphql(
  `
  query PromptTrial($id: ID!) {
    promptTrial(id: $id) {
      ...TrialFields
      results(first: 100) {
        nodes {
          subject { __typename id }
          before
          after
          similarity
          cost { amount currency }
          error { type code message }
          finishedAt
        }
      }
    }
  }
`,
  [TrialFields],
);

/** A trial with its results, newest input first. */
export type TrialDetail = NonNullable<ResultOf<typeof TrialQuery>["promptTrial"]>;

/** The result of a trial for one past input. */
export type TrialResult = TrialDetail["results"]["nodes"][number];

/** Follows the job of a trial, which reports each result. */
export const TrialJobUpdated = graphql(`
  subscription TrialJobUpdated($id: ID!) {
    jobUpdated(id: $id, untilFinished: false) {
      id
      status
      waitingFor { reason text until }
      error { type code message }
      progress { processed }
    }
  }
`);

/** Estimates a trial before it is started. */
export const TrialEstimateQuery = graphql(
  `
  query PromptTrialEstimate($input: StartPromptTrialInput!) {
    promptTrialEstimate(input: $input) {
      __typename
      ... on PromptTrialEstimate { sampleCount cost { amount currency } }
      ...Failure
    }
  }
`,
  [Failure],
);

/** Starts a trial. */
export const StartPromptTrial = graphql(
  `
  mutation StartPromptTrial($input: StartPromptTrialInput!) {
    startPromptTrial(input: $input) {
      __typename
      ... on StartPromptTrialPayload { trial { ...TrialFields } }
      ...Failure
    }
  }
`,
  [TrialFields, Failure],
);
