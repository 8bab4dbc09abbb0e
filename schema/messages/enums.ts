import { builder } from "../kit/builder.ts";

export const Channel = builder.enumType("Channel", {
  description: "A way to people.",
  values: {
    EMAIL: { description: "Email." },
    MESSENGER: {
      description: "Meta's Messenger, as the Page whose token is configured. Recipients are " +
        "page-scoped ids (PSIDs); Meta takes a message within 24 hours of the recipient's last one.",
    },
  },
});

export const MessageLane = builder.enumType("MessageLane", {
  description: "Whose worker slots a message uses.",
  values: {
    BULK: { description: "Messages to many." },
    TRANSACTIONAL: { description: "What a person waits for; it never waits behind bulk." },
  },
});

export const MessageStatus = builder.enumType("MessageStatus", {
  description: "Where a message stands: SCHEDULED → PLANNING → SENDING → its end.",
  values: {
    SCHEDULED: { description: "Waits for `sendAt`." },
    PLANNING: { description: "Is being cut into batches; the first ones are sent already." },
    SENDING: { description: "Its batches are being sent." },
    PAUSED: { description: "Stopped by a person, or by an error that a person must mend." },
    SENT: { description: "All of it was sent." },
    PARTIALLY_SENT: {
      description: "Some was sent; some failed, is unknown, or came back, however late.",
    },
    FAILED: { description: "Nothing was sent, as far as is known, or all of it came back." },
    CANCELLED: { description: "Ended by a person before all was sent." },
  },
});

export const MessageOrder = builder.enumType("MessageOrder", {
  description: "How a list of messages is ordered.",
  values: {
    CREATED_DESC: { description: "Newest first." },
    CREATED_ASC: { description: "Oldest first." },
    SEND_AT_DESC: { description: "What goes out last first; without `sendAt`, by `createdAt`." },
  },
});

export const RetryMode = builder.enumType("RetryMode", {
  description: "When failed deliveries are tried again.",
  values: {
    MANUAL: { description: "When a person says so." },
    AUTO: { description: "As soon as a pass has ended, until no attempt is left." },
    CRON: { description: "Every 15 minutes." },
  },
});

export const OnUnknown = builder.enumType("OnUnknown", {
  description: "What to do with a delivery that becomes UNKNOWN: it may have gone out.",
  values: {
    HOLD: { description: "Show it as UNKNOWN, and never send it again by itself." },
    RESEND: { description: "Send it again: somebody may get it twice." },
  },
});

export const BatchStatus = builder.enumType("BatchStatus", {
  description: "Where a batch stands.",
  values: {
    PENDING: { description: "Waits for a worker." },
    PROCESSING: { description: "Is being sent." },
    FINISHED: { description: "Each of its recipients has an outcome." },
    CANCELLED: { description: "Cut short: its message was cancelled." },
  },
});

export const DeliveryStatus = builder.enumType("DeliveryStatus", {
  description: "Where a delivery stands.",
  values: {
    PENDING: { description: "Waits to be sent." },
    SENDING: { description: "Is in flight." },
    SENT: { description: "The provider has taken it." },
    FAILED: {
      description: "Its newest attempt failed; whether another may mend it is `retryable`.",
    },
    CANCELLED: { description: "Its message was cancelled before it went out." },
    UNKNOWN: {
      description:
        "It may have gone out: its worker died while it was in flight, or the provider " +
        "gave no answer, or one that leaves it open.",
    },
    BOUNCED: { description: "The provider had taken it, and it came back." },
    COMPLAINED: { description: "The recipient called it unwanted." },
  },
});

export const DeliveryErrorType = builder.enumType("DeliveryErrorType", {
  description: "What kind of failure a delivery met.",
  values: {
    ACCESS_TOKEN: { description: "The provider did not accept our credentials." },
    RATE_LIMIT: { description: "The provider took no more for now." },
    NETWORK: { description: "The provider could not be reached, or the connection broke." },
    INVALID_RECIPIENT: { description: "There is no such recipient." },
    PERMISSION: { description: "The provider, or the recipient's, does not let us send this." },
    OTHER: { description: "Anything else: see the message." },
  },
});

export const DeliveryOrder = builder.enumType("DeliveryOrder", {
  description: "How a list of deliveries is ordered.",
  values: {
    CREATED_ASC: { description: "In the order of the recipients." },
    FAILED_DESC: { description: "What failed last first." },
    LAST_ATTEMPT_DESC: { description: "What was tried last first." },
  },
});
