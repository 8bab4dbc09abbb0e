import { OUTBOX_EVENTS } from "../../src/domain/outbox/event.ts";
import { builder } from "../kit/builder.ts";

export const WebhookEvent = builder.enumType("WebhookEvent", {
  description:
    "Event that a webhook endpoint gets. The `type` of its calls is written with a dot: " +
    '"message.started" for MESSAGE_STARTED.',
  values: {
    ...OUTBOX_EVENTS,
    TEST: {
      description: 'Call of `testWebhookEndpoint`; not to be chosen. `type`: "webhook.test".',
    },
  },
});

export const WebhookCallStatus = builder.enumType("WebhookCallStatus", {
  description: "State of a call.",
  values: {
    PENDING: {
      description:
        "To be delivered, at once or at `nextAttemptAt`, and after earlier calls about the same objects.",
    },
    DELIVERED: { description: "The receiver accepted it by a status from 200 to 299." },
    FAILED: { description: "All 11 attempts have failed; `replayWebhook` makes it again." },
  },
});
