import type { WebhookEvent } from "./operations.ts";

/** Events to choose, with their labels. */
export const EVENTS: readonly { readonly value: WebhookEvent; readonly label: string }[] = [
  { value: "MESSAGE_STARTED", label: "Message started" },
  { value: "MESSAGE_FINISHED", label: "Message finished" },
  { value: "MESSAGE_PAUSED", label: "Message paused" },
  { value: "DELIVERY_SENT", label: "Delivery sent" },
  { value: "DELIVERY_FAILED", label: "Delivery failed" },
  { value: "DELIVERY_BOUNCED", label: "Delivery bounced" },
  { value: "DELIVERY_COMPLAINED", label: "Delivery complained about" },
  { value: "CONTACT_REGISTERED", label: "Contact registered" },
  { value: "CONTACT_UNSUBSCRIBED", label: "Contact unsubscribed" },
  { value: "JOB_FAILED", label: "Job failed" },
  { value: "PROBLEM_OPENED", label: "Problem opened" },
];

/** The events with these values. */
export function eventsNamed(values: readonly string[]): WebhookEvent[] {
  return EVENTS.filter(({ value }) => values.includes(value)).map(({ value }) => value);
}
