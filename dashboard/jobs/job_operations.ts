import { Failure, graphql } from "../api/graphql.ts";
import { JobFields } from "./job_fields.ts";

/** Cancels a job. */
export const CancelJob = graphql(
  `
  mutation CancelJob($id: ID!) {
    cancelJob(id: $id) {
      __typename
      ... on CancelJobPayload { job { ...JobFields canCancel canRetry waitingFor { text } } }
      ...Failure
    }
  }
`,
  [JobFields, Failure],
);

/** Retries a job. */
export const RetryJob = graphql(
  `
  mutation RetryJob($id: ID!) {
    retryJob(id: $id) {
      __typename
      ... on RetryJobPayload { job { ...JobFields canCancel canRetry } }
      ...Failure
    }
  }
`,
  [JobFields, Failure],
);
