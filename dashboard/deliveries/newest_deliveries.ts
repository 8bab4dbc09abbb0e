import { graphql } from "../api/graphql.ts";
import { liveListOf } from "../kit/live_list.ts";
import { DeliveriesUpdated, DeliveryFields } from "./delivery_fields.ts";

/** Reads a page of deliveries from the end of the list, which is in the order of creation. */
export const NewestDeliveriesQuery = graphql(
  `
  query NewestDeliveries($filter: DeliveryFilter!, $first: Int, $after: String) {
    deliveries(filter: $filter, last: $first, before: $after) {
      nodes { ...DeliveryFields }
      totalCount
      pageInfo { hasPreviousPage startCursor }
    }
  }
`,
  [DeliveryFields],
);

/** The live list of deliveries across messages, newest first. */
export const NEWEST_DELIVERIES = liveListOf({
  query: NewestDeliveriesQuery,
  page: ({ deliveries: { nodes, totalCount, pageInfo } }) => ({
    nodes: nodes.toReversed(),
    totalCount,
    pageInfo: { hasNextPage: pageInfo.hasPreviousPage, endCursor: pageInfo.startCursor },
  }),
  subscription: DeliveriesUpdated,
  changes: ({ deliveriesUpdated }) => deliveriesUpdated,
});
