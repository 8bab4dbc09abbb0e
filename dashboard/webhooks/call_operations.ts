import { Failure, graphql, type ResultOf, type VariablesOf } from "../api/graphql.ts";

/** Reads an endpoint's newest calls. */
export const WebhookCallsQuery = graphql(`
  query WebhookCalls($id: ID!, $statuses: [WebhookCallStatus!], $after: String) {
    webhookEndpoint(id: $id) {
      id
      calls(first: 50, statuses: $statuses, after: $after) {
        nodes {
          id
          event
          createdAt
          status
          attemptCount
          nextAttemptAt
          responseStatus
          durationMs
          error { type code message }
        }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`);

/** A call in the list. */
export type WebhookCall = NonNullable<
  ResultOf<typeof WebhookCallsQuery>["webhookEndpoint"]
>["calls"]["nodes"][number];

/** State of a call. */
export type WebhookCallStatus = NonNullable<
  VariablesOf<typeof WebhookCallsQuery>["statuses"]
>[number];

/** Reads the body of a call and its attempts. */
export const WebhookCallQuery = graphql(`
  query WebhookCall($id: ID!) {
    webhookCall(id: $id) {
      id
      body
      attempts {
        number
        startedAt
        durationMs
        responseStatus
        response
        error { type code message }
      }
    }
  }
`);

/** Body and attempts of a call. */
export type WebhookCallDetail = NonNullable<ResultOf<typeof WebhookCallQuery>["webhookCall"]>;

/** Makes calls again. */
export const ReplayWebhook = graphql(
  `
  mutation ReplayWebhook($callIds: [ID!]!) {
    replayWebhook(callIds: $callIds) {
      __typename
      ... on ReplayWebhookPayload { calls { id status nextAttemptAt } }
      ...Failure
    }
  }
`,
  [Failure],
);

/** Makes the failed calls of an endpoint again. */
export const ReplayFailedWebhooks = graphql(
  `
  mutation ReplayFailedWebhooks($id: ID!) {
    replayFailedWebhooks(id: $id) {
      __typename
      ... on ReplayFailedWebhooksPayload { calls { id status nextAttemptAt } }
      ...Failure
    }
  }
`,
  [Failure],
);
