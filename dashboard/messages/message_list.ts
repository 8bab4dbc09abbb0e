import { graphql } from "../api/graphql.ts";
import { liveListOf } from "../kit/live_list.ts";
import { MessageFields } from "./message_fields.ts";

/** Reads a page of messages. */
export const MessagesQuery = graphql(
  `
  query Messages($filter: MessageFilter, $first: Int, $after: String) {
    messages(filter: $filter, first: $first, after: $after) {
      nodes { ...MessageFields }
      totalCount
      pageInfo { hasNextPage endCursor }
    }
  }
`,
  [MessageFields],
);

const MessagesUpdated = graphql(
  `
  subscription MessagesUpdated($filter: MessageFilter) {
    messagesUpdated(filter: $filter) { reset changed { ...MessageFields } removedIds }
  }
`,
  [MessageFields],
);

/** The live list of messages, newest first. */
export const MESSAGES = liveListOf({
  query: MessagesQuery,
  page: ({ messages }) => messages,
  subscription: MessagesUpdated,
  changes: ({ messagesUpdated }) => messagesUpdated,
});
