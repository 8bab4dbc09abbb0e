import { toTypeId } from "../../src/domain/id.ts";
import { type ForwardedCall, listenToEvents } from "../../src/domain/webhooks/listen.ts";
import { builder } from "../kit/builder.ts";
import { WebhookEvent } from "./enums.ts";

const ForwardedCallObject = builder.objectRef<ForwardedCall>("ForwardedCall").implement({
  description: "Call as a webhook endpoint would get it, to be forwarded by the subscriber.",
  fields: (t) => ({
    webhookId: t.id({
      description: "Value of the header `webhook-id`, which identifies the call: whc_…",
      resolve: ({ id }) => toTypeId("webhookCall", id),
    }),
    event: t.field({
      type: WebhookEvent,
      description: "Event in the call.",
      resolve: ({ event }) => event,
    }),
    body: t.exposeString("body", { description: "Body of the request: JSON." }),
  }),
});

const ForwardedCalls = builder.objectRef<readonly ForwardedCall[]>("ForwardedCalls").implement({
  description: "Calls that became due together.",
  fields: (t) => ({
    calls: t.field({
      type: [ForwardedCallObject],
      description: "Calls, oldest first.",
      resolve: (calls) => [...calls],
    }),
  }),
});

builder.subscriptionField("webhookCallsForwarded", (t) =>
  t.field({
    type: ForwardedCalls,
    description:
      "Emits the events of the organization as calls that a webhook endpoint would get, so that a program " +
      "without a public address gets them (`waybill listen`). The first list is empty: all events from then " +
      "on follow. Completes if events may be missing. ADMIN and OPERATOR only, at most 5 subscriptions per " +
      "organization.",
    args: {
      events: t.arg({ type: [WebhookEvent], description: "Events to emit; absent or null: all." }),
    },
    subscribe: (_root, { events }, { services, caller }) =>
      listenToEvents(services, caller, events ?? null),
    resolve: (calls) => calls,
  }));
