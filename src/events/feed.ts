import type { Bus, Topic } from "./bus.ts";
import { type Watch, watchTopic } from "./watch.ts";

/** Tells of single objects as they change. However many listen, a change is read once. */
export interface Feed<T> {
  /**
   * Calls `listener` with the object as it stands, and whenever it may have changed; with null when
   * there is none.
   *
   * @param id of the database
   * @returns what ends it
   */
  watch(id: string, listener: (value: T | null) => void): () => void;
}

/**
 * Makes the feed of one kind of object. It reads nothing while nobody listens.
 *
 * @param load reads all of these at once, by id; what is not in the answer is gone
 */
export function createFeed<T>(
  bus: Bus,
  topic: Topic,
  load: (ids: readonly string[]) => Promise<ReadonlyMap<string, T>>,
): Feed<T> {
  const listeners = new Map<string, Set<(value: T | null) => void>>();
  // Objects that somebody has just begun to watch: all of one turn are read together.
  const begun = new Set<string>();
  let topicWatch: Watch | null = null;

  const read = async (ids: readonly string[]) => {
    const watched = ids.filter((id) => listeners.has(id));
    if (watched.length === 0) return;
    const values = await load(watched);
    for (const id of watched) {
      for (const listener of [...listeners.get(id) ?? []]) listener(values.get(id) ?? null);
    }
  };
  const readAll = () => read([...listeners.keys()]);
  const readBegun = () => {
    const ids = [...begun];
    begun.clear();
    return read(ids);
  };

  return {
    watch(id, listener) {
      topicWatch ??= watchTopic(bus, topic, null, {
        onChange: (ids) => ids ? read(ids) : readAll(),
        onInterval: readAll,
      });
      const set = listeners.get(id) ?? new Set();
      listeners.set(id, set.add(listener));
      if (begun.size === 0) topicWatch.attempt(readBegun);
      begun.add(id);
      return () => {
        set.delete(listener);
        if (set.size === 0) listeners.delete(id);
        if (listeners.size > 0) return;
        topicWatch?.close();
        topicWatch = null;
      };
    },
  };
}
