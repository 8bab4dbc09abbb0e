/**
 * What can change. The first group is for watchers and is told at most four times a second per
 * organization; the second is for the machinery and is told within milliseconds.
 */
export type Topic =
  | "jobs"
  | "messages"
  | "deliveries"
  | "audiences"
  | "schedules"
  | "queue"
  | "cancel"
  | "access"
  | "providers";

/** Objects of one organization have changed. */
export interface Change {
  readonly topic: Topic;
  /** "*": of any organization. */
  readonly organizationId: string;
  /** Database ids; null when there were too many to list, or when some may have been missed. */
  readonly ids: readonly string[] | null;
}

/** Called with a change; must not throw, and returns at once. */
export type Listener = (change: Change) => void;

/** Tells of changes after they were committed, in this process and in all others. */
export interface Bus {
  /**
   * Notes changed objects; call it after the commit. Never throws, never waits.
   *
   * @param ids none of them: nothing has changed; null: any may have
   */
  publish(topic: Topic, organizationId: string, ids: readonly string[] | null): void;
  /** Hears of one topic in every organization. Returns what ends it. */
  subscribe(topic: Topic, listener: Listener): () => void;
  /** False while changes of other processes cannot arrive. */
  healthy(): boolean;
  close(): Promise<void>;
}

/** Carries changes to the other processes. */
export interface Transport {
  send(changes: readonly Change[]): void;
  healthy(): boolean;
  close(): Promise<void>;
}

/** More ids than this in one change become null: look for yourself. */
export const MAX_IDS = 100;

const WATCH_INTERVAL_MS = 250;
const SIGNAL_INTERVAL_MS = 5;
const SIGNALS: ReadonlySet<Topic> = new Set<Topic>(["queue", "cancel", "access", "providers"]);

interface Pending {
  /** Null: nothing since the last delivery. */
  change: { topic: Topic; organizationId: string; ids: Set<string> | null } | null;
  timer?: ReturnType<typeof setTimeout>;
}

/**
 * Makes the bus of this process.
 *
 * The first change of a topic and organization is told at once; those that follow within the interval
 * (250 ms for watchers, 5 ms for signals) are told together at its end, so the last one always arrives.
 *
 * @param connect makes the transport to other processes, given what to call with their changes; null
 *   in its place stands for a gap: all topics may have changed
 */
export function createBus(
  connect?: (receive: (changes: readonly Change[] | null) => void) => Transport,
): Bus {
  const listeners = new Map<Topic, Set<Listener>>();
  const pending = new Map<string, Pending>();

  const dispatch = (change: Change) => {
    for (const listener of [...listeners.get(change.topic) ?? []]) listener(change);
  };
  const transport = connect?.((changes) => {
    if (changes) return changes.forEach(dispatch);
    for (const topic of listeners.keys()) dispatch({ topic, organizationId: "*", ids: null });
  });

  const tellLater = (key: string, entry: Pending, interval: number) => {
    entry.timer = setTimeout(() => {
      if (!entry.change) return void pending.delete(key);
      tellPending(entry);
      tellLater(key, entry, interval);
    }, interval);
  };
  const tellPending = (entry: Pending) => {
    const { change } = entry;
    if (!change) return;
    entry.change = null;
    tell({ ...change, ids: change.ids && [...change.ids] });
  };
  const tell = (change: Change) => {
    dispatch(change);
    transport?.send([change]);
  };

  return {
    publish(topic, organizationId, ids) {
      if (ids?.length === 0) return;
      const key = `${topic} ${organizationId}`;
      const entry = pending.get(key);
      if (entry) return void gather(entry, topic, organizationId, ids);
      const first: Pending = { change: null };
      pending.set(key, first);
      tell({ topic, organizationId, ids: ids && ids.length > MAX_IDS ? null : ids });
      tellLater(key, first, SIGNALS.has(topic) ? SIGNAL_INTERVAL_MS : WATCH_INTERVAL_MS);
    },
    subscribe(topic, listener) {
      const set = listeners.get(topic) ?? new Set();
      listeners.set(topic, set.add(listener));
      return () => void set.delete(listener);
    },
    healthy: () => transport?.healthy() ?? true,
    async close() {
      for (const entry of pending.values()) {
        clearTimeout(entry.timer);
        tellPending(entry);
      }
      await transport?.close();
    },
  };
}

function gather(
  entry: Pending,
  topic: Topic,
  organizationId: string,
  ids: readonly string[] | null,
): void {
  const change = entry.change ??= { topic, organizationId, ids: new Set() };
  if (!change.ids) return;
  if (ids) { for (const id of ids) change.ids.add(id); }
  if (!ids || change.ids.size > MAX_IDS) change.ids = null;
}
