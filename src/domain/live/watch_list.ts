import { Repeater } from "@repeaterjs/repeater";
import type { Services } from "../services.ts";
import type { Caller } from "../access/access.ts";
import { type IdFilter, ListReader, type LiveLists } from "./list_reader.ts";
import { type ListChange, ListSubscriber } from "./list_subscriber.ts";

/** A list as it changes. */
export type ListWatch<T, Filter> = (
  services: Services,
  caller: Caller,
  filter: Filter,
) => AsyncIterable<ListChange<T>>;

/**
 * Makes the subscription `xsUpdated(filter)` of one noun: the first page, then what changes, at most
 * four times a second; the first page again after a gap and when more than 100 objects changed.
 * Subscribers who may see the same and ask for the same share one reader.
 */
export function watchLists<T, Filter extends IdFilter>(
  lists: LiveLists<T, Filter>,
): ListWatch<T, Filter> {
  const readers = new WeakMap<Services, Map<string, ListReader<T, Filter>>>();
  return (services, caller, filter) => {
    const shared = readers.get(services) ?? new Map<string, ListReader<T, Filter>>();
    readers.set(services, shared);
    const who = [caller.organizationId, caller.role === "MEMBER" ? [caller.userId] : "all"];
    const key = JSON.stringify([who, filter]);

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
