import { graphql, type ResultOf } from "../api/graphql.ts";
import { liveListOf } from "../kit/live_list.ts";

/** Fields of an audience that lists and its page show. */
export const AudienceFields = graphql(`
  fragment AudienceFields on Audience {
    id
    name
    channel
    createdAt
    partial
    recipientCount
    import { status taken refused collapsed bytesRead bytesTotal }
  }
`);

/** An audience as lists and its page show it. */
export type AudienceRow = ResultOf<typeof AudienceFields>;

/** Reads a page of audiences. */
export const AudiencesQuery = graphql(
  `
  query Audiences($search: String, $first: Int, $after: String) {
    audiences(search: $search, first: $first, after: $after) {
      nodes { ...AudienceFields }
      totalCount
      pageInfo { hasNextPage endCursor }
    }
  }
`,
  [AudienceFields],
);

/** The list of audiences, newest first. The API has no events for it. */
export const AUDIENCES = liveListOf({
  query: AudiencesQuery,
  page: ({ audiences }) => audiences,
  subscription: null,
  changes: () => ({ reset: true, changed: [], removedIds: [] }),
});
