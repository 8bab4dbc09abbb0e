import { Failure, graphql } from "../../api/graphql.ts";

/** Sends a message. */
export const SendMessage = graphql(
  `
  mutation SendMessage($input: SendMessageInput!) {
    sendMessage(input: $input) {
      __typename
      ... on SendMessagePayload { message { id } created }
      ...Failure
    }
  }
`,
  [Failure],
);

/** Checks a message and counts its recipients, without sending it. */
export const MessagePreviewQuery = graphql(
  `
  query MessagePreview($input: SendMessageInput!) {
    messagePreview(input: $input) {
      __typename
      ... on MessagePreview {
        recipientCount duplicates suppressed withoutAddress providers captured minDurationMs
      }
      ...Failure
    }
  }
`,
  [Failure],
);
