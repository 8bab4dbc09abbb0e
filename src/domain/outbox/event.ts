/** Events that an organization can get at its webhook endpoints, with a description for users. */
export const OUTBOX_EVENTS = {
  MESSAGE_STARTED: {
    description: "A message started: it is being planned or sent.",
  },
  MESSAGE_FINISHED: {
    description:
      "A message ended: SENT, PARTIALLY_SENT, FAILED or CANCELLED. Repeated after each later pass.",
  },
  MESSAGE_PAUSED: {
    description: "A message was paused, by a person or because of its provider.",
  },
  DELIVERY_SENT: {
    description: "A provider accepted a delivery.",
  },
  DELIVERY_FAILED: {
    description: "A delivery failed; its message may retry it (`retryable`).",
  },
  DELIVERY_BOUNCED: {
    description: "A delivery was accepted and returned later.",
  },
  DELIVERY_COMPLAINED: {
    description: "The recipient reported a delivery as unwanted.",
  },
  CONTACT_REGISTERED: {
    description: "A contact was registered.",
  },
  CONTACT_UNSUBSCRIBED: {
    description: "A recipient unsubscribed.",
  },
  JOB_FAILED: {
    description: "A job failed in its last attempt.",
  },
  PROBLEM_OPENED: {
    description: "A problem is new, or opened again after it was resolved or ignored.",
  },
} as const;

/** Name of an event. */
export type OutboxEvent = keyof typeof OUTBOX_EVENTS;

/** All events. */
export const OUTBOX_EVENT_NAMES: readonly OutboxEvent[] = Object.keys(OUTBOX_EVENTS)
  .filter(isOutboxEvent);

/** Whether this version of the program has the event. The database may contain events of a newer one. */
export function isOutboxEvent(name: string): name is OutboxEvent {
  return Object.hasOwn(OUTBOX_EVENTS, name);
}
