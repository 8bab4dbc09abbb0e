import { graphql, type ResultOf } from "../api/graphql.ts";
import { liveListOf } from "../kit/live_list.ts";

/** Fields of a fact that lists show. */
export const FactFields = graphql(`
  fragment FactFields on Fact {
    id
    state
    kind
    scope
    question
    answer
    origin
    evidenceCount
    createdAt
    decidedAt
    decidedBy
  }
`);

/** A fact as lists show it. */
export type FactRow = ResultOf<typeof FactFields>;

/** State of a fact. */
export type FactState = FactRow["state"];

/** Reads a page of facts, those with the most evidence first. */
export const FactsQuery = graphql(
  `
  query Facts(
    $search: String, $states: [FactState!], $scopes: [FactScopeKind!], $first: Int, $after: String
  ) {
    knowledge {
      id
      facts(search: $search, states: $states, scopes: $scopes, first: $first, after: $after) {
        nodes { ...FactFields }
        totalCount
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`,
  [FactFields],
);

const FactsUpdated = graphql(
  `
  subscription FactsUpdated($search: String, $states: [FactState!], $scopes: [FactScopeKind!]) {
    factsUpdated(search: $search, states: $states, scopes: $scopes) {
      reset
      changed { ...FactFields }
      removedIds
    }
  }
`,
  [FactFields],
);

/** The facts, live. */
export const FACTS = liveListOf({
  query: FactsQuery,
  page: ({ knowledge }) => knowledge.facts,
  subscription: FactsUpdated,
  changes: ({ factsUpdated }) => factsUpdated,
});

/** Fact in one line, for screen readers and dialogs. */
export function nameOf({ question, answer }: FactRow): string {
  return question || answer;
}
