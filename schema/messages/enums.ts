import type { MessageChannel } from "../../src/domain/channel.ts";
import { builder } from "../kit/builder.ts";

export const Channel = builder.enumType("Channel", {
  description: "Delivery channel.",
  values: {
    EMAIL: { description: "Email, by SMTP." },
    MESSENGER: {
      description:
        "Meta's Messenger, sent as the Page whose access token is configured. Recipients are " +
        "page-scoped ids (PSIDs); Meta accepts a message within 24 hours of the recipient's last " +
        "one.",
    },
  } satisfies Record<MessageChannel, unknown>,
});

export const MessageLane = builder.enumType("MessageLane", {
  description: "Lane of a message: the worker slots that it uses.",
  values: {
    BULK: { description: "Slots for messages to many recipients." },
    TRANSACTIONAL: {
      description: "Slots for messages that a person waits for; they never wait for jobs of BULK.",
    },
  },
});

export const MessageStatus = builder.enumType("MessageStatus", {
  description:
    "State of a message: SCHEDULED → PLANNING → SENDING → SENT, PARTIALLY_SENT or FAILED. A message " +
    "to up to 100 listed recipients that is due starts as SENDING.",
  values: {
    SCHEDULED: { description: "Waiting for `sendAt`; becomes PLANNING then." },
    PLANNING: {
      description:
        "Being split into batches; the batches planned so far are sent meanwhile. Becomes " +
        "SENDING once all recipients have a batch.",
    },
    SENDING: {
      description:
        "All batches are planned and being sent. Becomes SENT, PARTIALLY_SENT or FAILED once the " +
        "last batch has ended.",
    },
    PAUSED: {
      description:
        "Paused by a person, or by an error that a person must fix (see `pause`); continues after " +
        "`resumeMessage`.",
    },
    SENT: { description: "Ended: every delivery was sent and none bounced." },
    PARTIALLY_SENT: {
      description: "Ended: some deliveries were sent; others failed, bounced or are UNKNOWN.",
    },
    FAILED: {
      description: "Ended: no delivery is known to have been sent, or all of them bounced.",
    },
    CANCELLED: { description: "Cancelled by a person; no delivery is sent or retried any more." },
  },
});

export const MessageOrder = builder.enumType("MessageOrder", {
  description: "Order of a list of messages.",
  values: {
    CREATED_DESC: { description: "Newest first." },
    CREATED_ASC: { description: "Oldest first." },
    SEND_AT_DESC: { description: "Latest `sendAt` first; messages without one by `createdAt`." },
  },
});

export const RetryMode = builder.enumType("RetryMode", {
  description: "Condition under which failed deliveries of a message are retried.",
  values: {
    MANUAL: { description: "Retried only by `retryDeliveries`." },
    AUTO: {
      description:
        "Retried automatically after temporary failures and bounces while attempts are left, with " +
        "the wait of `backoff`.",
    },
    CRON: {
      description:
        "Retried by a schedule, every 15 minutes, until no delivery is `retryable`; later if the " +
        "provider's reply requires a longer wait.",
    },
  },
});

export const RetryBackoff = builder.enumType("RetryBackoff", {
  description:
    "Wait before an automatic retry in mode AUTO. A wait that the provider's reply requires takes " +
    "precedence.",
  values: {
    GROWING: {
      description:
        "30 s, then 2, 10 and 30 min, 2 h, then 6 h each time; each up to 20 % shorter or longer. " +
        "The delivery is PENDING meanwhile. The retry after a first lost connection needs no wait.",
    },
    IMMEDIATE: {
      description: "Retried in a new round as soon as the current one has ended.",
    },
  },
});

export const OnUnknown = builder.enumType("OnUnknown", {
  description: "Handling of a delivery that becomes UNKNOWN, because it may have been sent.",
  values: {
    HOLD: {
      description:
        "Keep it UNKNOWN until `resolveDeliveries` decides; it is never resent automatically.",
    },
    RESEND: {
      description: "Resend it while attempts are left; the recipient may get the message twice.",
    },
  },
});

export const BatchStatus = builder.enumType("BatchStatus", {
  description: "State of a batch.",
  values: {
    PENDING: { description: "Waiting for a worker; becomes PROCESSING." },
    PROCESSING: {
      description: "Being sent by its job; becomes FINISHED, or CANCELLED with its message.",
    },
    FINISHED: { description: "Ended: every delivery of the batch has an outcome." },
    CANCELLED: { description: "Ended early, because its message was cancelled." },
  },
});
