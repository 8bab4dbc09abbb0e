import { getLogger } from "@logtape/logtape";
import { type Bus, MAX_IDS, type Topic } from "./bus.ts";

/** What keeps something up to date with a topic. Its calls never overlap. */
export interface Watcher {
  /** These have changed; null: any may have. */
  onChange(ids: readonly string[] | null): Promise<void>;
  /** Every 10 s: news can get lost, since a process can die between its commit and telling of it. */
  onInterval(): Promise<void>;
}

/** A topic that is being watched. */
export interface Watch {
  /** Like `exclusively`, and what fails is made good by a call of the watcher. */
  attempt(work: () => Promise<void>): Promise<void>;
  /** Does other work when none of the watcher's calls is under way. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  close(): void;
}

const INTERVAL_MS = 250;
const REREAD_MS = 10_000;
const log = getLogger(["waybill", "events"]);

/**
 * Calls a watcher with what changes: at once, then at most four times a second with all that came in
 * between.
 *
 * @param organizationId whose changes; null: everybody's
 */
export function watchTopic(
  bus: Bus,
  topic: Topic,
  organizationId: string | null,
  watcher: Watcher,
): Watch {
  // Null: too many to list.
  let stale: Set<string> | null = new Set();
  let failed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let readAt = -Infinity;
  let busy: Promise<unknown> = Promise.resolve();
  let closed = false;

  const exclusively = <T>(work: () => Promise<T>): Promise<T> => {
    const result = busy.then(work);
    busy = result.catch(() => {});
    return result;
  };
  const attempt = (work: () => Promise<void>): Promise<void> =>
    exclusively(work).catch((error) => {
      failed = true;
      log.warn("Cannot read what has changed; trying again within 10 s", { topic, error });
    });
  const read = async () => {
    readAt = performance.now();
    const ids = stale && [...stale];
    stale = new Set();
    await attempt(() => watcher.onChange(ids));
    timer = undefined;
    if (stale === null || stale.size > 0) schedule();
  };
  const schedule = () => {
    if (closed) return;
    timer ??= setTimeout(read, Math.max(0, readAt + INTERVAL_MS - performance.now()));
  };
  const note = (ids: readonly string[] | null) => {
    if (ids && stale) { for (const id of ids) stale.add(id); }
    if (!ids || (stale && stale.size > MAX_IDS)) stale = null;
    schedule();
  };
  const unsubscribe = bus.subscribe(topic, (change) => {
    const concerned = organizationId === null || change.organizationId === "*" ||
      change.organizationId === organizationId;
    if (concerned) note(change.ids);
  });
  const interval = setInterval(() => {
    if (!failed) return void attempt(watcher.onInterval);
    failed = false;
    note(null);
  }, REREAD_MS);

  return {
    attempt,
    exclusively,
    close() {
      closed = true;
      unsubscribe();
      clearInterval(interval);
      clearTimeout(timer);
    },
  };
}
