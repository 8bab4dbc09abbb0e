import { setTimeout as delay } from "node:timers/promises";
import { Repeater } from "@repeaterjs/repeater";
import { type Caller, requireAdmin } from "../access/access.ts";
import { newId } from "../id.ts";
import { isOutboxEvent, OUTBOX_EVENT_NAMES, type OutboxEvent } from "../outbox/event.ts";
import { readEvents, removeEvents, type StoredEvent } from "../outbox/take.ts";
import type { Services } from "../services.ts";
import { checkEvents } from "./create.ts";
import { groupEvents } from "./group_events.ts";
import { addListener, removeListeners, renewListener } from "./listeners.ts";
import { bodyOf } from "./payload.ts";

const LOOK_MS = 200;
const RENEW_MS = 10_000;
const MAX_READ = 1_000;

/** A call that a program gets over a subscription, instead of a request to a webhook endpoint. */
export interface ForwardedCall {
  readonly id: string;
  readonly event: OutboxEvent;
  /** Body of the request: JSON. */
  readonly body: string;
}

/**
 * Subscribes to calls as a webhook endpoint would get them. The first list is empty: all events from then on follow.
 * The stream ends when events may be missing, because the database was unavailable for a minute.
 *
 * @param events null: all
 * @throws {ForbiddenError} for a MEMBER
 * @throws {InvalidInputError} path `events`
 * @throws {ConflictError} IN_USE for more than 5 subscriptions of an organization, while iterating
 */
export function listenToEvents(
  services: Services,
  caller: Caller,
  events: readonly string[] | null,
): AsyncIterable<readonly ForwardedCall[]> {
  requireAdmin(caller, "listen to events");
  const checked = checkEvents(events ?? OUTBOX_EVENT_NAMES);
  return new Repeater<readonly ForwardedCall[]>((push, stop) =>
    forward(services, caller, checked, push, stop)
  );
}

async function forward(
  services: Services,
  { organizationId }: Caller,
  events: readonly OutboxEvent[],
  push: (calls: readonly ForwardedCall[]) => Promise<unknown>,
  stop: Promise<unknown> & (() => void),
): Promise<void> {
  let stopped = false;
  stop.then(() => stopped = true);
  const id = await addListener(services, organizationId, events);
  try {
    let renewedAt = performance.now();
    await push([]);
    while (!stopped) {
      if (performance.now() - renewedAt > RENEW_MS) {
        if (!await renewListener(services, id)) return stop();
        renewedAt = performance.now();
      }
      const stored = await readEvents(services.db, id, MAX_READ);
      const groups = groupEvents(stored);
      if (groups.length > 0) {
        await push(groups.flatMap(callsOf));
        // After the client has asked for more, so that events are repeated rather than lost.
        await removeEvents(services.db, id, groups.flat().map((event) => event.id));
      } else await Promise.race([delay(LOOK_MS), stop]);
    }
  } finally {
    await removeListeners(services, [id]);
  }
}

function callsOf(group: readonly StoredEvent[]): ForwardedCall[] {
  const event = group[0]?.event ?? "";
  return isOutboxEvent(event) ? [{ id: newId(), event, body: bodyOf(group) }] : [];
}
