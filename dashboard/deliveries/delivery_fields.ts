import { graphql, type ResultOf } from "../api/graphql.ts";
import { liveListOf } from "../kit/live_list.ts";

/** Fields of a delivery that lists show. */
export const DeliveryFields = graphql(`
  fragment DeliveryFields on Delivery {
    id
    message { id title }
    batchNumber
    recipient { address name }
    status
    suppressionReason
    attemptCount
    maxAttempts
    error { type code message }
    retryable
    provider
    waitingFor { text until }
    dueAt
    lastAttemptAt
    sentAt
    failedAt
  }
`);

/** A delivery as lists show it. */
export type DeliveryRow = ResultOf<typeof DeliveryFields>;

/** Status of a delivery. */
export type DeliveryStatus = DeliveryRow["status"];

/** Kind of a failure. */
export type ErrorType = NonNullable<DeliveryRow["error"]>["type"];

/** Reads a page of deliveries. */
export const DeliveriesQuery = graphql(
  `
  query Deliveries($filter: DeliveryFilter!, $orderBy: DeliveryOrder, $first: Int, $after: String) {
    deliveries(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
      nodes { ...DeliveryFields }
      totalCount
      pageInfo { hasNextPage endCursor }
    }
  }
`,
  [DeliveryFields],
);

/** Follows the deliveries of a filter. */
export const DeliveriesUpdated = graphql(
  `
  subscription DeliveriesUpdated($filter: DeliveryFilter!) {
    deliveriesUpdated(filter: $filter) { reset changed { ...DeliveryFields } removedIds }
  }
`,
  [DeliveryFields],
);

/** The live list of deliveries. */
export const DELIVERIES = liveListOf({
  query: DeliveriesQuery,
  page: ({ deliveries }) => deliveries,
  subscription: DeliveriesUpdated,
  changes: ({ deliveriesUpdated }) => deliveriesUpdated,
});
