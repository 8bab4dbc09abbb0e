import { graphql, type ResultOf } from "../api/graphql.ts";

/** Reads the trend, the last failures and the affected objects of a problem. */
export const ProblemDetailsQuery = graphql(`
  query ProblemDetails($id: ID!, $hours: Int!) {
    problem(id: $id) {
      id
      trend(hours: $hours) { at count }
      examples(first: 10) {
        nodes {
          at
          message
          subject {
            __typename
            id
            ... on Delivery { recipient { address } message { id title } }
          }
        }
      }
      affected(first: 50) {
        nodes {
          count
          lastSeenAt
          subject {
            __typename
            id
            ... on Message { title }
            ... on Job { kind status }
            ... on WebhookEndpoint { url }
          }
        }
        pageInfo { hasNextPage }
      }
    }
  }
`);

/** Trend, last failures and affected objects of a problem. */
export type ProblemDetails = NonNullable<ResultOf<typeof ProblemDetailsQuery>["problem"]>;
