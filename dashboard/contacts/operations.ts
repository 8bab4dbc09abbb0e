import { Failure, graphql, type ResultOf } from "../api/graphql.ts";
import { ContactFields } from "./contact_fields.ts";

/** Reads one contact. */
export const ContactQuery = graphql(
  `
  query Contact($id: ID!) {
    contact(id: $id) { ...ContactFields }
  }
`,
  [ContactFields],
);

/** Follows one contact. */
export const ContactUpdated = graphql(
  `
  subscription ContactUpdated($id: ID!) {
    nodeUpdated(id: $id) { id ... on Contact { ...ContactFields } }
  }
`,
  [ContactFields],
);

/** Follows the deliveries of a contact, which its timeline shows. */
export const TimelineUpdated = graphql(`
  subscription TimelineUpdated($id: ID!) {
    deliveriesUpdated(filter: { contactId: $id }) { reset }
  }
`);

/** Reads a page of the timeline of a contact. */
export const TimelineQuery = graphql(`
  query ContactTimeline($id: ID!, $first: Int, $after: String) {
    contact(id: $id) {
      id
      timeline(first: $first, after: $after) {
        edges { cursor node { at text subject { __typename id } } }
        totalCount
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`);

/** A page of a timeline. */
export type TimelinePage = NonNullable<ResultOf<typeof TimelineQuery>["contact"]>["timeline"];

/** Reads the newest orders of a contact. */
export const OrdersQuery = graphql(`
  query OrdersOfContact($id: ID!) {
    contact(id: $id) {
      id
      orders(first: 20) {
        nodes { id number status total { amount currency } createdAt }
        totalCount
      }
    }
  }
`);

/** Changes fields of a contact. */
export const UpdateContact = graphql(
  `
  mutation UpdateContact($id: ID!, $input: UpdateContactInput!) {
    updateContact(id: $id, input: $input) {
      __typename
      ... on UpdateContactPayload { contact { ...ContactFields } }
      ...Failure
    }
  }
`,
  [ContactFields, Failure],
);

/** Erases a contact and all data about the person. */
export const EraseContact = graphql(
  `
  mutation EraseContact($id: ID!) {
    eraseContact(id: $id) {
      __typename
      ... on EraseContactPayload { contactId job { id } }
      ...Failure
    }
  }
`,
  [Failure],
);

/** Reads the names of the newest campaigns. */
export const CampaignNamesQuery = graphql(`
  query CampaignNames {
    campaigns(first: 100) { nodes { id name } }
  }
`);
