import { Failure, graphql } from "../../api/graphql.ts";
import { MessageFields } from "../message_fields.ts";

/** Retries failed deliveries by ids or by a filter. */
export const RetryDeliveries = graphql(
  `
  mutation RetryDeliveries($input: RetryDeliveriesInput!) {
    retryDeliveries(input: $input) {
      __typename
      ... on RetryDeliveriesPayload {
        queuedCount
        refusedCount
        refused { delivery { id recipient { address } } reason }
        messages { ...MessageFields }
      }
      ...Failure
    }
  }
`,
  [MessageFields, Failure],
);

/** Decides about deliveries that may have been sent. */
export const ResolveDeliveries = graphql(
  `
  mutation ResolveDeliveries($input: ResolveDeliveriesInput!) {
    resolveDeliveries(input: $input) {
      __typename
      ... on ResolveDeliveriesPayload {
        resolvedCount
        refusedCount
        messages { ...MessageFields }
      }
      ...Failure
    }
  }
`,
  [MessageFields, Failure],
);
