import { isDeepStrictEqual } from "node:util";
import { Repeater, SlidingBuffer } from "@repeaterjs/repeater";
import { NotFoundError } from "../errors.ts";
import { fromTypeId, type Noun } from "../id.ts";
import type { Services } from "../services.ts";
import type { Topic } from "../../events/bus.ts";
import { createFeed, type Feed } from "../../events/feed.ts";
import type { Caller } from "../access/access.ts";

/** Access to the objects of one noun, which hold all data that clients see. */
export interface LiveObjects<T> {
  readonly noun: Noun;
  readonly topic: Topic;
  /** Reads objects of any organization. */
  load(services: Services, ids: readonly string[]): Promise<readonly T[]>;
  idOf(object: T): string;
  visible(caller: Caller, object: T): boolean;
  /** True if the object is in a final state. */
  finished(object: T): boolean;
}

/** Subscribes to one object. */
export type ObjectWatch<T> = (
  services: Services,
  caller: Caller,
  typeId: string,
  untilFinished: boolean,
) => Promise<AsyncIterable<T>>;

/**
 * Creates the subscription `xUpdated(id, untilFinished)` of one noun. It sends the object, then each of
 * its changes, and ends with the finished object if `untilFinished` is true.
 *
 * The caller's access is checked at each event. The stream ends when the caller loses access and when the
 * object is deleted. A client that reads slowly gets the newest state only.
 *
 * @returns a function that throws {NotFoundError} for an id that the caller cannot see, and
 *   {InvalidInputError} for the id of another noun
 */
export function watchObjects<T>(objects: LiveObjects<T>): ObjectWatch<T> {
  const feeds = new WeakMap<Services, Feed<T>>();
  const feedOf = (services: Services) => {
    const feed = feeds.get(services) ?? createFeed(services.bus, objects.topic, async (ids) => {
      const loaded = await objects.load(services, ids);
      return new Map(loaded.map((object) => [objects.idOf(object), object]));
    });
    feeds.set(services, feed);
    return feed;
  };
  return async (services, caller, typeId, untilFinished) => {
    const id = fromTypeId(objects.noun, typeId);
    const ifVisible = (object: T | null) =>
      object && objects.visible(caller, object) ? object : null;
    // Read before the feed, so that an unknown id is refused instead of starting an empty stream.
    const [present] = await objects.load(services, [id]);
    if (!ifVisible(present ?? null)) throw new NotFoundError([typeId]);

    return new Repeater<T>((push, stop) => {
      let sent: T | null = null;
      const unwatch = feedOf(services).watch(id, (object) => {
        const visible = ifVisible(object);
        if (!visible) return stop();
        if (isDeepStrictEqual(visible, sent)) return;
        sent = visible;
        push(visible);
        if (untilFinished && objects.finished(visible)) stop();
      });
      stop.then(unwatch);
    }, new SlidingBuffer(1));
  };
}
