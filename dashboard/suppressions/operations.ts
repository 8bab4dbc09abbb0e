import { Failure, graphql, type ResultOf } from "../api/graphql.ts";
import { liveListOf } from "../kit/live_list.ts";

/** Reads a page of the suppression list. */
export const SuppressionsQuery = graphql(`
  query Suppressions($filter: SuppressionFilter, $first: Int, $after: String) {
    suppressions(filter: $filter, first: $first, after: $after) {
      nodes { id address channel reason createdAt delivery { id message { id title } } }
      totalCount
      pageInfo { hasNextPage endCursor }
    }
  }
`);

/** An entry of the suppression list. */
export type SuppressionRow = ResultOf<typeof SuppressionsQuery>["suppressions"]["nodes"][number];

/** Reason of an entry. */
export type SuppressionReason = SuppressionRow["reason"];

/** The suppression list, newest entry first. The API has no events for it. */
export const SUPPRESSIONS = liveListOf({
  query: SuppressionsQuery,
  page: ({ suppressions }) => suppressions,
  subscription: null,
  changes: () => ({ reset: true, changed: [], removedIds: [] }),
});

/** Adds addresses for one reason. */
export const AddSuppressions = graphql(
  `
  mutation AddSuppressions($input: AddSuppressionsInput!) {
    addSuppressions(input: $input) {
      __typename
      ... on AddSuppressionsPayload { suppressions { id address reason } }
      ...Failure
    }
  }
`,
  [Failure],
);

/** Removes entries. */
export const RemoveSuppressions = graphql(
  `
  mutation RemoveSuppressions($ids: [ID!]!) {
    removeSuppressions(ids: $ids) {
      __typename
      ... on RemoveSuppressionsPayload { removedIds }
      ...Failure
    }
  }
`,
  [Failure],
);
