import DataLoader from "dataloader";
import type { EventOutcome, ProviderEvent } from "../deliveries/provider_event.ts";
import { toError } from "../group.ts";
import type { Services } from "../services.ts";
import { recordEvent, recordEvents } from "./provider_event.ts";

const MAX_EVENTS = 50;

/** Records an event of a provider; see `recordEvent`. */
export type EventRecorder = (event: ProviderEvent) => Promise<EventOutcome>;

/**
 * Makes a function that records events of providers. Events that arrive while earlier ones are being recorded
 * share the next transaction, because the lock of their message allows only one transaction at a time, which
 * would have to wait for one commit per event. For the same reason, and unlike those of `group`, the next
 * transaction always waits for the running one: it would only occupy another connection.
 */
export function createEventRecorder(services: Services): EventRecorder {
  let running: Promise<unknown> = Promise.resolve();
  const loader = new DataLoader<ProviderEvent, EventOutcome>((events) => {
    const outcomes = running.then(() => recordTogether(services, events));
    running = outcomes;
    return outcomes;
  }, {
    cache: false,
    maxBatchSize: MAX_EVENTS,
    batchScheduleFn: (record) => void running.then(record),
  });
  return (event) => loader.load(event);
}

/** Never rejects: an error takes the place of the outcome. */
async function recordTogether(
  services: Services,
  events: readonly ProviderEvent[],
): Promise<(EventOutcome | Error)[]> {
  try {
    return await recordEvents(services, events);
  } catch (error) {
    if (events.length === 1) return [toError(error)];
  }
  // The fault of one event, or a deadlock with another process, must not refuse the others.
  const outcomes: (EventOutcome | Error)[] = [];
  for (const event of events) outcomes.push(await recordEvent(services, event).catch(toError));
  return outcomes;
}
