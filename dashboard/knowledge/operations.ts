import { Failure, graphql, type ResultOf } from "../api/graphql.ts";
import { FactFields } from "./fact_fields.ts";

const FactDetailFields = graphql(
  `
  fragment FactDetailFields on Fact {
    ...FactFields
    sources { id from fromName to subject replyText text receivedAt direction thread { id } }
  }
`,
  [FactFields],
);

/** Reads a fact with the mails that it was learned from. */
export const FactQuery = graphql(
  `
  query Fact($id: ID!) {
    node(id: $id) { id ... on Fact { ...FactDetailFields } }
  }
`,
  [FactDetailFields],
);

/** Follows a fact. The cache takes the changes. */
export const FactUpdated = graphql(
  `
  subscription FactUpdated($id: ID!) {
    nodeUpdated(id: $id) { id ... on Fact { ...FactDetailFields } }
  }
`,
  [FactDetailFields],
);

/** A fact with the mails that it was learned from. */
export type FactDetail = ResultOf<typeof FactDetailFields>;

/** Mail that a fact was learned from. */
export type FactSource = FactDetail["sources"][number];

/** Approves facts. */
export const ApproveFacts = graphql(
  `
  mutation ApproveFacts($ids: [ID!]!) {
    approveFacts(ids: $ids) {
      __typename
      ... on ApproveFactsPayload { facts { ...FactFields } }
      ...Failure
    }
  }
`,
  [FactFields, Failure],
);

/** Dismisses facts. */
export const DismissFacts = graphql(
  `
  mutation DismissFacts($ids: [ID!]!) {
    dismissFacts(ids: $ids) {
      __typename
      ... on DismissFactsPayload { facts { ...FactFields } }
      ...Failure
    }
  }
`,
  [FactFields, Failure],
);

/** Withdraws the decisions about facts. */
export const ReopenFacts = graphql(
  `
  mutation ReopenFacts($ids: [ID!]!) {
    reopenFacts(ids: $ids) {
      __typename
      ... on ReopenFactsPayload { facts { ...FactFields } }
      ...Failure
    }
  }
`,
  [FactFields, Failure],
);

/** Deletes facts. */
export const DeleteFacts = graphql(
  `
  mutation DeleteFacts($ids: [ID!]!) {
    deleteFacts(ids: $ids) {
      __typename
      ... on DeleteFactsPayload { deletedIds }
      ...Failure
    }
  }
`,
  [Failure],
);

/** Adds or changes a fact. */
export const UpsertFact = graphql(
  `
  mutation UpsertFact($input: UpsertFactInput!) {
    upsertFact(input: $input) {
      __typename
      ... on UpsertFactPayload { created fact { ...FactFields } }
      ...Failure
    }
  }
`,
  [FactFields, Failure],
);

/** Reads the most frequent topics, which scopes may name. */
export const TopicsQuery = graphql(`
  query Topics {
    knowledge { id topics(first: 100) { nodes { name count } } }
  }
`);
