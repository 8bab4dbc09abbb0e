import type { Bus, Topic } from "./bus.ts";
import { type Watch, type WatchOptions, watchTopics } from "./watch.ts";

/** Delivers single objects as they change. Each change is read once for all listeners together. */
export interface Feed<T> {
  /**
   * Calls `listener` with the current object, and again whenever it may have changed; with null if the
   * object does not exist.
   *
   * @param id database id
   * @returns the function that unsubscribes
   */
  watch(id: string, listener: (value: T | null) => void): () => void;
}

/**
 * Creates the feed of one kind of object. It reads nothing while it has no listener.
 *
 * @param load reads several objects at once; an id without an object is absent from the result
 */
export function createFeed<T>(
  bus: Bus,
  topic: Topic,
  load: (ids: readonly string[]) => Promise<ReadonlyMap<string, T>>,
  options?: WatchOptions,
): Feed<T> {
  const listeners = new Map<string, Set<(value: T | null) => void>>();
  // Ids with new listeners. All ids added in the same task are read together.
  const added = new Set<string>();
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
  const readAdded = () => {
    const ids = [...added];
    added.clear();
    return read(ids);
  };

  return {
    watch(id, listener) {
      topicWatch ??= watchTopics(bus, [topic], null, {
        onChange: (ids) => ids ? read(ids) : readAll(),
        onInterval: readAll,
      }, options);
      const set = listeners.get(id) ?? new Set();
      listeners.set(id, set.add(listener));
      if (added.size === 0) topicWatch.attempt(readAdded);
      added.add(id);
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
