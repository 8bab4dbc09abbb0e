import { Failure, graphql, type VariablesOf } from "../../api/graphql.ts";
import { BulkActionFields } from "../bulk_action_fields.ts";

/** Counts the items that a bulk action would act on and skip. */
export const BulkActionPreviewQuery = graphql(
  `
  query BulkActionPreview($input: BulkActionInput!) {
    bulkActionPreview(input: $input) {
      __typename
      ... on BulkActionPreview { count complete skipped { reason count } }
      ...Failure
    }
  }
`,
  [Failure],
);

/** Action and items of a bulk action. */
export type BulkActionTarget = VariablesOf<typeof BulkActionPreviewQuery>["input"];

/** Starts a bulk action. */
export const StartBulkAction = graphql(
  `
  mutation StartBulkAction($input: StartBulkActionInput!) {
    startBulkAction(input: $input) {
      __typename
      ... on StartBulkActionPayload { bulkAction { ...BulkActionFields } }
      ...Failure
    }
  }
`,
  [BulkActionFields, Failure],
);

/** Stages and limits of a new bulk action. */
export type StartBulkActionInput = VariablesOf<typeof StartBulkAction>["input"];
