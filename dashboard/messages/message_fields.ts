import { graphql, type ResultOf } from "../api/graphql.ts";

/** Fields of a message that lists and its page show. */
export const MessageFields = graphql(`
  fragment MessageFields on Message {
    id
    title
    channel
    type
    status
    createdAt
    sendAt
    finishedAt
    pause { reason code provider { id name } since }
    waitingFor { reason text until }
    retry { mode maxAttempts backoff rounds nextAt }
    stats {
      total pending sending sent failed cancelled suppressed unknown bounced complained
      retryable duplicates successFraction perSecond etaMs
    }
    canPause
    canResume
    canCancel
  }
`);

/** A message as lists and its page show it. */
export type MessageRow = ResultOf<typeof MessageFields>;

/** Status of a message. */
export type MessageStatus = MessageRow["status"];
