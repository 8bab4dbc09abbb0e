import { graphql, type ResultOf } from "../api/graphql.ts";
import { ThreadFields } from "./thread_fields.ts";

/** Fields of a mail. */
export const MailFields = graphql(`
  fragment MailFields on Email {
    id
    direction
    kind
    from
    fromName
    to
    subject
    text
    replyText
    attachmentCount
    receivedAt
    delivery { id status error { type code message } }
  }
`);

/** A mail of a thread. */
export type Mail = ResultOf<typeof MailFields>;

/** Fields of a suggested reply with what it is based on. */
export const SuggestionFields = graphql(`
  fragment SuggestionFields on Suggestion {
    id
    status
    text
    editedText
    sentText
    fallbackReason
    noDraftReason
    confidence
    missing
    topic
    instruction
    model
    promptVersion
    createdAt
    writtenAt
    outcome { kind similarity shortcomings }
    rating { good comment }
    sources {
      text
      node {
        __typename
        id
        ... on Fact { kind state question answer scope }
        ... on Order { number status total { amount currency } createdAt }
        ... on Email { from subject replyText receivedAt }
      }
    }
  }
`);

/** A suggested reply with what it is based on. */
export type Suggestion = ResultOf<typeof SuggestionFields>;

/** Source of a suggested reply. */
export type Source = Suggestion["sources"][number];

const ThreadDetailFields = graphql(
  `
  fragment ThreadDetailFields on Thread {
    ...ThreadFields
    replyTo
    suggestion { ...SuggestionFields }
    emails(last: 50) { nodes { ...MailFields } pageInfo { hasPreviousPage startCursor } }
    orders(first: 3) {
      nodes { id number status total { amount currency } createdAt }
      totalCount
    }
  }
`,
  [ThreadFields, SuggestionFields, MailFields],
);

/** A thread with all that its page shows. */
export type ThreadDetail = ResultOf<typeof ThreadDetailFields>;

/** Reads a thread with all that its page shows. */
export const ThreadQuery = graphql(
  `
  query Thread($id: ID!) {
    thread(id: $id) { ...ThreadDetailFields }
  }
`,
  [ThreadDetailFields],
);

/** Follows the mails and the state of a thread. The cache takes the changes. */
export const ThreadUpdated = graphql(
  `
  subscription ThreadUpdated($id: ID!) {
    nodeUpdated(id: $id) {
      id
      ... on Thread {
        ...ThreadFields
        replyTo
        emails(last: 50) { nodes { ...MailFields } pageInfo { hasPreviousPage startCursor } }
      }
    }
  }
`,
  [ThreadFields, MailFields],
);

/** Follows the suggested reply of a thread as it is written. The cache takes the changes. */
export const SuggestionUpdated = graphql(
  `
  subscription SuggestionUpdated($threadId: ID!) {
    suggestionUpdated(threadId: $threadId) { ...SuggestionFields }
  }
`,
  [SuggestionFields],
);

/** Follows deliveries. The cache takes the changes. */
export const ReplyDeliveryUpdated = graphql(`
  subscription ReplyDeliveryUpdated($ids: [ID!]!) {
    deliveriesUpdated(filter: { ids: $ids }) {
      changed { id status error { type code message } }
    }
  }
`);

/** Reads mails before those that are shown. */
export const EarlierMailsQuery = graphql(
  `
  query EarlierMails($id: ID!, $before: String!) {
    thread(id: $id) {
      id
      emails(last: 50, before: $before) {
        nodes { ...MailFields }
        pageInfo { hasPreviousPage startCursor }
      }
    }
  }
`,
  [MailFields],
);
