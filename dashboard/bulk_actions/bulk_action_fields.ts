import { graphql, type ResultOf } from "../api/graphql.ts";
import { liveListOf } from "../kit/live_list.ts";

/** Fields of a bulk action that lists and its panel show. */
export const BulkActionFields = graphql(`
  fragment BulkActionFields on BulkAction {
    id
    action
    state
    error { type message }
    stage
    stages
    perSecond
    stopAtFailedFraction
    selecting
    total
    inProgress
    done
    failedAgain
    skipped { reason count }
    startedBy
    createdAt
    finishedAt
    job { id }
  }
`);

/** A bulk action as lists and its panel show it. */
export type BulkAction = ResultOf<typeof BulkActionFields>;

/** Kind of a bulk action. */
export type BulkActionKind = BulkAction["action"];

/** State of a bulk action. */
export type BulkActionState = BulkAction["state"];

/** Reads a page of bulk actions. */
export const BulkActionsQuery = graphql(
  `
  query BulkActions($filter: BulkActionFilter, $first: Int, $after: String) {
    bulkActions(filter: $filter, first: $first, after: $after) {
      nodes { ...BulkActionFields }
      totalCount
      pageInfo { hasNextPage endCursor }
    }
  }
`,
  [BulkActionFields],
);

const BulkActionsUpdated = graphql(
  `
  subscription BulkActionsUpdated($filter: BulkActionFilter) {
    bulkActionsUpdated(filter: $filter) { reset changed { ...BulkActionFields } removedIds }
  }
`,
  [BulkActionFields],
);

/** The live list of bulk actions, newest first. */
export const BULK_ACTIONS = liveListOf({
  query: BulkActionsQuery,
  page: ({ bulkActions }) => bulkActions,
  subscription: BulkActionsUpdated,
  changes: ({ bulkActionsUpdated }) => bulkActionsUpdated,
});
