import { isDeepStrictEqual } from "node:util";
import { Repeater, SlidingBuffer } from "@repeaterjs/repeater";
import { NotFoundError } from "../errors.ts";
import { fromTypeId, type Noun } from "../id.ts";
import type { Services } from "../services.ts";
import type { Topic } from "../../events/bus.ts";
import { createFeed, type Feed } from "../../events/feed.ts";
import type { Caller } from "../access/access.ts";

/** How objects of one noun are watched one by one. Their state must hold all that clients see. */
export interface LiveObjects<T> {
  readonly noun: Noun;
  readonly topic: Topic;
  /** Reads these, whoever they belong to. */
  load(services: Services, ids: readonly string[]): Promise<readonly T[]>;
  idOf(object: T): string;
  visible(caller: Caller, object: T): boolean;
  /** True when it will not change any more by itself. */
  finished(object: T): boolean;
}

/** One object as it changes. */
export type ObjectWatch<T> = (
  services: Services,
  caller: Caller,
  typeId: string,
  untilFinished: boolean,
) => Promise<AsyncIterable<T>>;

/**
 * Makes the subscription `xUpdated(id, untilFinished)` of one noun: the object as it stands, then every
 * change, the last one being the finished object.
 *
 * The access of the caller is looked at with each event; the stream ends when it is lost and when the
 * object is gone. A client that reads slowly gets the newest state, not all that were.
 *
 * @returns a function that throws {NotFoundError} for ids that the caller cannot see, and
 *   {InvalidInputError} for those of other nouns
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
    const see = (object: T | null) => object && objects.visible(caller, object) ? object : null;
    // Read apart from the feed, so that a wrong id is refused and not answered by an empty stream.
    const [present] = await objects.load(services, [id]);
    if (!see(present ?? null)) throw new NotFoundError([typeId]);

    return new Repeater<T>((push, stop) => {
      let sent: T | null = null;
      const unwatch = feedOf(services).watch(id, (object) => {
        const seen = see(object);
        if (!seen) return stop();
        if (isDeepStrictEqual(seen, sent)) return;
        sent = seen;
        push(seen);
        if (untilFinished && objects.finished(seen)) stop();
      });
      stop.then(unwatch);
    }, new SlidingBuffer(1));
  };
}
