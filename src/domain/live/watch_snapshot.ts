import { Repeater, SlidingBuffer } from "@repeaterjs/repeater";
import type { Topic } from "../../events/bus.ts";
import { type Watch, watchTopics } from "../../events/watch.ts";
import type { Services } from "../services.ts";

/** A value that is computed from many objects, such as the state of a queue. */
export interface Snapshots<T> {
  /** Topics whose changes may change the value. */
  readonly topics: readonly Topic[];
  /** Takes a snapshot; its parts may be read later, and are shared by all subscribers. */
  take(services: Services): T | Promise<T>;
}

interface Subscribed<T> {
  readonly watch: Watch;
  readonly listeners: Set<(snapshot: T) => void>;
}

/**
 * Creates the subscription to a snapshot: the present one, then one after each change, at most four a second, and
 * one every 10 s. All subscribers of one key share the snapshots. A client that reads slowly gets the newest one
 * only.
 *
 * @returns a function that subscribes; `key` identifies the snapshot, `organizationId` limits the changes to those
 *   of an organization, null does not
 */
export function watchSnapshots<T>(): (
  services: Services,
  key: string,
  organizationId: string | null,
  snapshots: Snapshots<T>,
) => AsyncIterable<T> {
  const subscribed = new WeakMap<Services, Map<string, Subscribed<T>>>();
  return (services, key, organizationId, { topics, take }) =>
    new Repeater<T>((push, stop) => {
      const byKey = subscribed.get(services) ?? new Map<string, Subscribed<T>>();
      subscribed.set(services, byKey);
      const existing = byKey.get(key);
      const { watch, listeners } = existing ?? subscribe();
      const listener = (snapshot: T) => void push(snapshot);
      // Each subscriber begins with a snapshot of its own, because the last one may be old.
      watch.attempt(async () => listener(await take(services)));
      listeners.add(listener);
      stop.then(() => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        watch.close();
        byKey.delete(key);
      });

      function subscribe(): Subscribed<T> {
        const listeners = new Set<(snapshot: T) => void>();
        const sendAll = async () => {
          const snapshot = await take(services);
          for (const listener of [...listeners]) listener(snapshot);
        };
        const watch = watchTopics(
          services.bus,
          topics,
          organizationId === null ? null : [organizationId],
          {
            onChange: sendAll,
            onInterval: sendAll,
          },
        );
        const created = { watch, listeners };
        byKey.set(key, created);
        return created;
      }
    }, new SlidingBuffer(1));
}
