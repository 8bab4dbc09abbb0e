/**
 * Kind of change. The first group is for subscribers of the API and is delivered at most four times a
 * second per organization; the second consists of suggestions that are being written and of signals between
 * parts of the program, and is delivered within milliseconds.
 */
export type Topic =
  | "notifications"
  | "toasts"
  | "problems"
  | "jobs"
  | "messages"
  | "deliveries"
  | "bulkActions"
  | "audiences"
  | "contacts"
  | "campaigns"
  | "quotes"
  | "threads"
  | "facts"
  | "learningRuns"
  | "webhooks"
  | "aiUsage"
  | "schedules"
  | "suggestions"
  | "queue"
  | "cancel"
  | "access"
  | "inboundRoutes"
  | "providers"
  | "lanes"
  | "hold";

/** Objects of one organization have changed. */
export interface Change {
  readonly topic: Topic;
  /** "*": all organizations. */
  readonly organizationId: string;
  /** Database ids; null: too many to list, or some may have been missed. */
  readonly ids: readonly string[] | null;
}

/** Receives a change. It must not throw, and must return at once. */
export type Listener = (change: Change) => void;

/** Delivers committed changes to the listeners of this process and of all others. */
export interface Bus {
  /**
   * Publishes changed objects. Call it after the commit; it never throws and never waits.
   *
   * @param ids database ids; empty: nothing has changed; null: any object may have changed
   */
  publish(topic: Topic, organizationId: string, ids: readonly string[] | null): void;
  /**
   * Delivers the changes of one topic in every organization to a listener.
   *
   * @returns the function that unsubscribes
   */
  subscribe(topic: Topic, listener: Listener): () => void;
  /** False while changes of other processes cannot arrive. */
  healthy(): boolean;
  /** Delivers pending changes and disconnects from the other processes. */
  close(): Promise<void>;
}

/** Sends changes to the other processes. */
export interface Transport {
  send(changes: readonly Change[]): void;
  healthy(): boolean;
  close(): Promise<void>;
}

/** Maximum number of ids in one change; a change of more objects has `ids` null. */
export const MAX_IDS_PER_CHANGE = 100;

const UPDATE_INTERVAL_MS = 250;
const SIGNAL_INTERVAL_MS = 5;
// The first words of a suggestion must not wait for those of another one; its writer limits how often it changes.
const SIGNALS: ReadonlySet<Topic> = new Set<Topic>([
  "suggestions",
  "queue",
  "cancel",
  "providers",
  "lanes",
  "hold",
]);

// Listeners of these topics clear caches: once a revocation is answered, no cached key or secret may be accepted.
const REVOCATIONS: ReadonlySet<Topic> = new Set<Topic>(["access", "inboundRoutes"]);

interface Pending {
  /** Null: no change since the last delivery. */
  change: { topic: Topic; organizationId: string; ids: Set<string> | null } | null;
  timer?: ReturnType<typeof setTimeout>;
}

/**
 * Creates the bus of this process.
 *
 * The first change of a topic and organization is delivered at once. Changes that follow within the
 * interval (5 ms for signals, else 250 ms) are merged and delivered at the end of the interval, so that the
 * last one is always delivered. Changes of access and of inbound routes are rare and are all delivered at once.
 *
 * @param connect creates the transport to the other processes. Its argument receives their changes, and
 *   null for a gap: changes of any topic may have been missed
 */
export function createBus(
  connect?: (receive: (changes: readonly Change[] | null) => void) => Transport,
): Bus {
  const listeners = new Map<Topic, Set<Listener>>();
  const pending = new Map<string, Pending>();

  const deliverHere = (change: Change) => {
    for (const listener of [...listeners.get(change.topic) ?? []]) listener(change);
  };
  const transport = connect?.((changes) => {
    if (changes) return changes.forEach(deliverHere);
    for (const topic of listeners.keys()) deliverHere({ topic, organizationId: "*", ids: null });
  });
  const deliver = (change: Change) => {
    deliverHere(change);
    transport?.send([change]);
  };

  const deliverPending = (entry: Pending) => {
    const { change } = entry;
    if (!change) return;
    entry.change = null;
    deliver({ ...change, ids: change.ids && [...change.ids] });
  };
  const deliverAfter = (key: string, entry: Pending, interval: number) => {
    entry.timer = setTimeout(() => {
      if (!entry.change) return void pending.delete(key);
      deliverPending(entry);
      deliverAfter(key, entry, interval);
    }, interval);
  };

  return {
    publish(topic, organizationId, ids) {
      if (ids?.length === 0) return;
      const tooMany = ids !== null && ids.length > MAX_IDS_PER_CHANGE;
      const change = { topic, organizationId, ids: tooMany ? null : ids };
      if (REVOCATIONS.has(topic)) return deliver(change);
      const key = `${topic} ${organizationId}`;
      const entry = pending.get(key);
      if (entry) return void merge(entry, topic, organizationId, ids);
      const first: Pending = { change: null };
      pending.set(key, first);
      deliver(change);
      deliverAfter(key, first, SIGNALS.has(topic) ? SIGNAL_INTERVAL_MS : UPDATE_INTERVAL_MS);
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
        deliverPending(entry);
      }
      await transport?.close();
    },
  };
}

function merge(
  entry: Pending,
  topic: Topic,
  organizationId: string,
  ids: readonly string[] | null,
): void {
  const change = entry.change ??= { topic, organizationId, ids: new Set() };
  if (!change.ids) return;
  if (ids) { for (const id of ids) change.ids.add(id); }
  if (!ids || change.ids.size > MAX_IDS_PER_CHANGE) change.ids = null;
}
