import { graphql, type ResultOf } from "./graphql.ts";

/** Subscription to the calls that `listen` forwards. */
export const LISTEN = graphql(`
  subscription CliListen($events: [WebhookEvent!]) {
    webhookCallsForwarded(events: $events) { calls { webhookId event body } }
  }
`);

/** A call to be forwarded. */
export type ForwardedCall = ResultOf<typeof LISTEN>["webhookCallsForwarded"]["calls"][number];

/** Event that can be chosen. */
export type WebhookEvent = Exclude<ForwardedCall["event"], "TEST">;

/** Events, and the `type` of their calls. */
export const TYPES: Readonly<Record<WebhookEvent, string>> = {
  MESSAGE_STARTED: "message.started",
  MESSAGE_FINISHED: "message.finished",
  MESSAGE_PAUSED: "message.paused",
  DELIVERY_SENT: "delivery.sent",
  DELIVERY_FAILED: "delivery.failed",
  DELIVERY_BOUNCED: "delivery.bounced",
  DELIVERY_COMPLAINED: "delivery.complained",
  CONTACT_REGISTERED: "contact.registered",
  CONTACT_UNSUBSCRIBED: "contact.unsubscribed",
  JOB_FAILED: "job.failed",
  PROBLEM_OPENED: "problem.opened",
};

/** Whether an event can be chosen. */
export function isWebhookEvent(name: string): name is WebhookEvent {
  return Object.hasOwn(TYPES, name);
}

/** Returns the `type` of a call. */
export function typeOf({ event }: ForwardedCall): string {
  return event === "TEST" ? "webhook.test" : TYPES[event];
}
