import { Failure, graphql, type ResultOf } from "../api/graphql.ts";
import { AudienceFields } from "./audience_fields.ts";

/** Reads one audience with its refused rows. */
export const AudienceQuery = graphql(
  `
  query Audience($id: ID!) {
    audience(id: $id) {
      ...AudienceFields
      import { refusedRows(first: 200) { nodes { line reason } } }
    }
  }
`,
  [AudienceFields],
);

/** An audience with its refused rows. */
export type AudienceDetail = NonNullable<ResultOf<typeof AudienceQuery>["audience"]>;

/** Reads a page of the recipients of an audience. */
export const RecipientsQuery = graphql(`
  query AudienceRecipients($id: ID!, $search: String, $first: Int, $after: String) {
    audience(id: $id) {
      id
      recipients(search: $search, first: $first, after: $after) {
        nodes { address name variables suppressed }
        totalCount
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`);

/** Changes the name of an audience. */
export const RenameAudience = graphql(
  `
  mutation RenameAudience($id: ID!, $name: String!) {
    renameAudience(id: $id, name: $name) {
      __typename
      ... on RenameAudiencePayload { audience { id name } }
      ...Failure
    }
  }
`,
  [Failure],
);

/** Deletes an audience with its recipients. */
export const DeleteAudience = graphql(
  `
  mutation DeleteAudience($id: ID!) {
    deleteAudience(id: $id) {
      __typename
      ... on DeleteAudiencePayload { audienceId }
      ...Failure
    }
  }
`,
  [Failure],
);
