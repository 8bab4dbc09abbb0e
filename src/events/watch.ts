import { getLogger } from "@logtape/logtape";
import { type Bus, type Change, MAX_IDS_PER_CHANGE, type Topic } from "./bus.ts";

/** Callbacks that keep data up to date with topics. Calls never overlap. */
export interface Watcher {
  /** Called when these objects have changed; null: any object may have changed. */
  onChange(ids: readonly string[] | null): Promise<void>;
  /** Called every 10 s, because a process can die after its commit and before it publishes. */
  onInterval(): Promise<void>;
}

/** Options of a watch. */
export interface WatchOptions {
  /** Minimum time between two calls, in milliseconds; absent: 250. */
  readonly intervalMs?: number;
}

/** Watched topics. */
export interface Watch {
  /** Like `exclusively`, but a failure is logged, and `onChange(null)` follows within 10 s. */
  attempt(work: () => Promise<void>): Promise<void>;
  /** Runs other work while no call of the watcher is running. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  close(): void;
}

const INTERVAL_MS = 250;
const REREAD_MS = 10_000;
const log = getLogger(["waybill", "events"]);

/**
 * Calls a watcher with the changes of topics: with the first one at once, then at most four times a
 * second with all changes since the last call, unless the options allow more.
 *
 * @param topics one, or several whose ids do not matter to the watcher
 * @param organizationIds watches only these organizations; null: all organizations
 */
export function watchTopics(
  bus: Bus,
  topics: readonly Topic[],
  organizationIds: readonly string[] | null,
  watcher: Watcher,
  { intervalMs = INTERVAL_MS }: WatchOptions = {},
): Watch {
  // Ids that changed since the last call; null: too many to list.
  let changedIds: Set<string> | null = new Set();
  let failed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let readAt = -Infinity;
  let lastCall: Promise<unknown> = Promise.resolve();
  let closed = false;

  const exclusively = <T>(work: () => Promise<T>): Promise<T> => {
    const result = lastCall.then(work);
    lastCall = result.catch(() => {});
    return result;
  };
  const attempt = (work: () => Promise<void>): Promise<void> =>
    exclusively(work).catch((error) => {
      failed = true;
      log.warn("Cannot read changed {topics}; retrying within 10 s", { topics, error });
    });
  const read = async () => {
    readAt = performance.now();
    const ids = changedIds && [...changedIds];
    changedIds = new Set();
    await attempt(() => watcher.onChange(ids));
    timer = undefined;
    if (changedIds === null || changedIds.size > 0) schedule();
  };
  const schedule = () => {
    if (closed) return;
    timer ??= setTimeout(read, Math.max(0, readAt + intervalMs - performance.now()));
  };
  const addIds = (ids: readonly string[] | null) => {
    if (ids && changedIds) { for (const id of ids) changedIds.add(id); }
    if (!ids || (changedIds && changedIds.size > MAX_IDS_PER_CHANGE)) changedIds = null;
    schedule();
  };
  const onEvent = (change: Change) => {
    const matches = organizationIds === null || change.organizationId === "*" ||
      organizationIds.includes(change.organizationId);
    if (matches) addIds(change.ids);
  };
  const unsubscribes = topics.map((topic) => bus.subscribe(topic, onEvent));
  const interval = setInterval(() => {
    if (!failed) return void attempt(watcher.onInterval);
    failed = false;
    addIds(null);
  }, REREAD_MS);

  return {
    attempt,
    exclusively,
    close() {
      closed = true;
      for (const unsubscribe of unsubscribes) unsubscribe();
      clearInterval(interval);
      clearTimeout(timer);
    },
  };
}
