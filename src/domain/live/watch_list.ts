import { Repeater } from "@repeaterjs/repeater";
import type { Services } from "../services.ts";
import type { Caller } from "../access/access.ts";
import { type IdFilter, ListReader, type LiveLists } from "./list_reader.ts";
import { type ListChange, ListSubscriber } from "./list_subscriber.ts";

/** Subscribes to a list. */
export type ListWatch<T, Filter> = (
  services: Services,
  caller: Caller,
  filter: Filter,
) => AsyncIterable<ListChange<T>>;

/**
 * Creates the subscription `xsUpdated(filter)` of one noun. It sends the first page, then changes, at
 * most four times a second; after lost events, and if more than 100 objects have changed, the first page
 * again.
 * Subscribers with the same filter and the same access share one reader.
 */
export function watchLists<T, Filter extends IdFilter>(
  lists: LiveLists<T, Filter>,
): ListWatch<T, Filter> {
  const readers = new WeakMap<Services, Map<string, ListReader<T, Filter>>>();
  return (services, caller, filter) => {
    const shared = readers.get(services) ?? new Map<string, ListReader<T, Filter>>();
    readers.set(services, shared);
    const { organizationId, role } = caller;
    const key = JSON.stringify([organizationId, role, role === "MEMBER" && caller.userId, filter]);

    return new Repeater<ListChange<T>>(async (push, stop) => {
      const reader = shared.get(key) ?? new ListReader(lists, services, caller, filter);
      shared.set(key, reader);
      const subscriber = new ListSubscriber<T>(() => reader.reset(subscriber));
      stop.then(() => {
        subscriber.stop();
        if (reader.leave(subscriber)) shared.delete(key);
      });
      await reader.join(subscriber);
      let change = await subscriber.next();
      while (change) {
        await push(change);
        change = await subscriber.next();
      }
    });
  };
}
