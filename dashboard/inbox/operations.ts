import { Failure, graphql } from "../api/graphql.ts";
import { ThreadFields } from "./thread_fields.ts";
import { MailFields, SuggestionFields } from "./thread_query.ts";

/** Saves the text of a suggested reply as a person edits it. */
export const EditSuggestion = graphql(
  `
  mutation EditSuggestion($id: ID!, $text: String!) {
    editSuggestion(id: $id, text: $text) {
      __typename
      ... on EditSuggestionPayload { suggestion { ...SuggestionFields } }
      ...Failure
    }
  }
`,
  [SuggestionFields, Failure],
);

/** Sends a reply in a thread. */
export const SendReply = graphql(
  `
  mutation SendReply($threadId: ID!, $input: SendReplyInput!) {
    sendReply(threadId: $threadId, input: $input) {
      __typename
      ... on SendReplyPayload {
        thread {
          ...ThreadFields
          suggestion { ...SuggestionFields }
          emails(last: 50) { nodes { ...MailFields } pageInfo { hasPreviousPage startCursor } }
        }
        delivery { id status error { type code message } }
        created
      }
      ...Failure
    }
  }
`,
  [ThreadFields, SuggestionFields, MailFields, Failure],
);

/** Has the suggested replies of threads written anew. */
export const RegenerateSuggestions = graphql(
  `
  mutation RegenerateSuggestions($threadIds: [ID!]!, $instruction: String) {
    regenerateSuggestions(threadIds: $threadIds, instruction: $instruction) {
      __typename
      ... on RegenerateSuggestionsPayload {
        threads { ...ThreadFields suggestion { ...SuggestionFields } }
        job { id }
      }
      ...Failure
    }
  }
`,
  [ThreadFields, SuggestionFields, Failure],
);

/** Stores an opinion about a suggested reply. */
export const RateSuggestion = graphql(
  `
  mutation RateSuggestion($id: ID!, $input: RateSuggestionInput!) {
    rateSuggestion(id: $id, input: $input) {
      __typename
      ... on RateSuggestionPayload { suggestion { id rating { good comment } } }
      ...Failure
    }
  }
`,
  [Failure],
);
