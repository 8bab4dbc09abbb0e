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
        recipientCount duplicates suppressed providers captured minDurationMs
      }
      ...Failure
    }
  }
`,
  [Failure],
);

/** Sends the content to one recipient. */
export const SendTestMessage = graphql(
  `
  mutation SendTestMessage($input: SendTestMessageInput!) {
    sendTestMessage(input: $input) {
      __typename
      ... on SendTestMessagePayload { delivery { id message { id } } }
      ...Failure
    }
  }
`,
  [Failure],
);

/** Follows the delivery of a test message. */
export const TestDelivery = graphql(`
  subscription TestDelivery($filter: DeliveryFilter!) {
    deliveriesUpdated(filter: $filter) { changed { id status error { type code message } } }
  }
`);
