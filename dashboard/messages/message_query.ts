import { graphql, type ResultOf } from "../api/graphql.ts";
import { MessageFields } from "./message_fields.ts";

/** Reads a message with all that its page shows. */
export const MessageQuery = graphql(
  `
  query Message($id: ID!) {
    message(id: $id) {
      ...MessageFields
      content { subject text html }
      errorTypeCounts { errorType count retryable }
      retryEffectiveness { attemptNumber sent failed }
    }
  }
`,
  [MessageFields],
);

/** Follows a message beyond its end, because deliveries may be retried. The cache takes the changes. */
export const MessageUpdated = graphql(
  `
  subscription MessageUpdated($id: ID!) {
    messageUpdated(id: $id, untilFinished: false) {
      ...MessageFields
      errorTypeCounts { errorType count retryable }
      retryEffectiveness { attemptNumber sent failed }
    }
  }
`,
  [MessageFields],
);

/** A message with all that its page shows. */
export type MessageDetail = NonNullable<ResultOf<typeof MessageQuery>["message"]>;
