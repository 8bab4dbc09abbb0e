import { DELIVERY_ERRORS } from "../../src/domain/problems/explanation.ts";
import { builder } from "../kit/builder.ts";

export const DeliveryStatus = builder.enumType("DeliveryStatus", {
  description: "State of a delivery.",
  values: {
    PENDING: { description: "Waiting to be sent, for the first time or again; see `dueAt`." },
    SENDING: { description: "Being sent; its outcome is not recorded yet." },
    SENT: { description: "Accepted by the provider. It may still become BOUNCED or COMPLAINED." },
    FAILED: {
      description: "Failed in its last attempt; `retryable` is true if it can be retried.",
    },
    CANCELLED: { description: "Not sent, because its message was cancelled." },
    SUPPRESSED: {
      description:
        "Not sent, because the recipient is on the suppression list, or because the provider has " +
        "the recipient on a list of its own; see `suppressionReason`. It is neither sent nor a failure.",
    },
    UNKNOWN: {
      description:
        "Possibly sent: the worker died while sending it, or the provider's answer was lost or " +
        "ambiguous. See `resolveDeliveries` and `onUnknown`.",
    },
    BOUNCED: {
      description:
        "Accepted by the provider and returned later; `retryable` is true if it can be retried.",
    },
    COMPLAINED: {
      description:
        "Accepted by the provider and reported as unwanted by the recipient; never retried.",
    },
  },
});

export const DeliveryErrorType = builder.enumType("DeliveryErrorType", {
  description: "Kind of failure of a delivery.",
  values: {
    ACCESS_TOKEN: { description: DELIVERY_ERRORS.ACCESS_TOKEN.meaning },
    RATE_LIMIT: { description: DELIVERY_ERRORS.RATE_LIMIT.meaning },
    NETWORK: { description: DELIVERY_ERRORS.NETWORK.meaning },
    INVALID_RECIPIENT: { description: DELIVERY_ERRORS.INVALID_RECIPIENT.meaning },
    PERMISSION: { description: DELIVERY_ERRORS.PERMISSION.meaning },
    OTHER: { description: DELIVERY_ERRORS.OTHER.meaning },
  },
});

export const DeliveryOrder = builder.enumType("DeliveryOrder", {
  description: "Order of a list of deliveries.",
  values: {
    CREATED_ASC: {
      description: "Order of creation; within one message the order of its recipients.",
    },
    FAILED_DESC: { description: "Latest failure first; deliveries that never failed last." },
    LAST_ATTEMPT_DESC: { description: "Latest attempt first; deliveries without one last." },
  },
});
