import { Failure, graphql, type ResultOf, type VariablesOf } from "../api/graphql.ts";
import { RunFields } from "./run_fields.ts";

/** Reads the style, the topics and the counts of what was learned. */
export const LearnedQuery = graphql(`
  query Learned {
    knowledge {
      id
      emailsLearnedCount
      emailsNotLearnedCount
      style { tone greeting signOff language }
      topics(first: 30) { nodes { name count } totalCount }
    }
  }
`);

/** Style, topics and counts of what was learned. */
export type Learned = ResultOf<typeof LearnedQuery>["knowledge"];

/** Counts the mails of a run that is not started, and estimates its cost. */
export const LearningEstimateQuery = graphql(`
  query LearningEstimate($input: StartEmailLearningInput) {
    learningEstimate(input: $input) { emailCount skippedCount cost { amount currency } }
  }
`);

/** Size and cost of a run that is not started. */
export type LearningEstimate = ResultOf<typeof LearningEstimateQuery>["learningEstimate"];

/** Starts a learning run. */
export const StartEmailLearning = graphql(
  `
  mutation StartEmailLearning($input: StartEmailLearningInput) {
    startEmailLearning(input: $input) {
      __typename
      ... on StartEmailLearningPayload { learningRun { ...LearningRunFields } created }
      ...Failure
    }
  }
`,
  [RunFields, Failure],
);

/** Mails to learn from. */
export type StartLearningInput = NonNullable<VariablesOf<typeof StartEmailLearning>["input"]>;

/** Starts a learning run with the failed mails of another one. */
export const RetryLearningRun = graphql(
  `
  mutation RetryLearningRun($id: ID!) {
    retryLearningRun(id: $id) {
      __typename
      ... on RetryLearningRunPayload { learningRun { ...LearningRunFields } created }
      ...Failure
    }
  }
`,
  [RunFields, Failure],
);
