import { Failure, graphql } from "../api/graphql.ts";

// The results name only what the caller needs at once. Events bring the rest: a result that arrives after a newer
// event would put older data in its place.

/** Saves the edit of a suggested reply, if the stored text is still `replaces`. */
export const EditSuggestion = graphql(
  `
  mutation EditSuggestion($id: ID!, $text: String!, $replaces: String) {
    editSuggestion(id: $id, text: $text, replaces: $replaces) {
      __typename
      ... on EditSuggestionPayload { suggestion { id editedText } }
      ...Failure
    }
  }
`,
  [Failure],
);

/** Sends a reply in a thread. */
export const SendReply = graphql(
  `
  mutation SendReply($threadId: ID!, $input: SendReplyInput!) {
    sendReply(threadId: $threadId, input: $input) {
      __typename
      ... on SendReplyPayload { delivery { id } created }
      ...Failure
    }
  }
`,
  [Failure],
);

/** Regenerates the suggested replies of threads. */
export const RegenerateSuggestions = graphql(
  `
  mutation RegenerateSuggestions($threadIds: [ID!]!, $instruction: String) {
    regenerateSuggestions(threadIds: $threadIds, instruction: $instruction) {
      __typename
      ... on RegenerateSuggestionsPayload { threads { id } job { id } }
      ...Failure
    }
  }
`,
  [Failure],
);

/** Stores a rating of a suggested reply. */
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
