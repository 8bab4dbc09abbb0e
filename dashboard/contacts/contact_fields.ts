import { graphql, type ResultOf } from "../api/graphql.ts";
import { liveListOf } from "../kit/live_list.ts";

/** Fields of a contact that lists and its page show. */
export const ContactFields = graphql(`
  fragment ContactFields on Contact {
    id
    email
    psid
    name
    vip
    variables
    createdAt
    registeredAt
    unsubscribedAt
    suppressed
  }
`);

/** A contact as lists and its page show it. */
export type ContactRow = ResultOf<typeof ContactFields>;

/** Reads a page of contacts. */
export const ContactsQuery = graphql(
  `
  query Contacts($filter: ContactFilter, $first: Int, $after: String) {
    contacts(filter: $filter, first: $first, after: $after) {
      nodes { ...ContactFields }
      totalCount
      pageInfo { hasNextPage endCursor }
    }
  }
`,
  [ContactFields],
);

const ContactsUpdated = graphql(
  `
  subscription ContactsUpdated($filter: ContactFilter) {
    contactsUpdated(filter: $filter) { reset changed { ...ContactFields } removedIds }
  }
`,
  [ContactFields],
);

/** The list of contacts, newest first. */
export const CONTACTS = liveListOf({
  query: ContactsQuery,
  page: ({ contacts }) => contacts,
  subscription: ContactsUpdated,
  changes: ({ contactsUpdated }) => contactsUpdated,
});

/** Name of a contact for people: its name, else an address. */
export function titleOf({ name, email, psid }: ContactRow): string {
  return name ?? email ?? psid ?? "";
}

/** Addresses of a contact in one line. */
export function addressesOf({ email, psid }: ContactRow): string {
  return [email, psid].filter((address) => address !== null).join(" · ");
}
