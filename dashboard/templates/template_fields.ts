import { graphql, type ResultOf } from "../api/graphql.ts";
import { liveListOf } from "../kit/live_list.ts";

/** Fields of a template that lists and its page show. */
export const TemplateFields = graphql(`
  fragment TemplateFields on Template {
    id
    name
    version
    updatedAt
    updatedBy
    archivedAt
  }
`);

/** A template as lists and its page show it. */
export type TemplateRow = ResultOf<typeof TemplateFields>;

/** Reads a page of templates. */
export const TemplatesQuery = graphql(
  `
  query Templates($search: String, $archived: Boolean!, $first: Int, $after: String) {
    templates(search: $search, archived: $archived, first: $first, after: $after) {
      nodes { ...TemplateFields }
      totalCount
      pageInfo { hasNextPage endCursor }
    }
  }
`,
  [TemplateFields],
);

/** The list of templates by name. The API has no events for it. */
export const TEMPLATES = liveListOf({
  query: TemplatesQuery,
  page: ({ templates }) => templates,
  subscription: null,
  changes: () => ({ reset: true, changed: [], removedIds: [] }),
});
