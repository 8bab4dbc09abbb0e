import { MAX_IDS_PER_CHANGE } from "../../events/bus.ts";

/** What has changed in a list; ids are those of the database. */
export interface ListChange<T> {
  /** True: forget what you have, `changed` is the first page. */
  readonly reset: boolean;
  readonly changed: readonly T[];
  /** What is gone, or no longer fits the filter. */
  readonly removedIds: readonly string[];
}

/** Gathers the changes of a list for one client until it takes them. */
export class ListSubscriber<T> {
  #changed = new Map<string, T>();
  #removed = new Set<string>();
  // "asked": the client reads slower than the list changes, and waits for a first page.
  #reset: "no" | "asked" | "yes" = "no";
  #wake = Promise.withResolvers<void>();
  #stopped = false;

  /** @param askForReset called when more has come together than a client should be told */
  constructor(readonly askForReset: () => void) {}

  /** The first page, in place of all that was not taken. */
  reset(page: ReadonlyMap<string, T>): void {
    this.#changed = new Map(page);
    this.#removed = new Set();
    this.#reset = "yes";
    this.#wake.resolve();
  }

  add(changed: ReadonlyMap<string, T>, removed: readonly string[]): void {
    if (this.#reset === "asked") return;
    for (const [id, object] of changed) {
      this.#changed.set(id, object);
      this.#removed.delete(id);
    }
    for (const id of removed) {
      this.#changed.delete(id);
      this.#removed.add(id);
    }
    if (this.#changed.size + this.#removed.size <= MAX_IDS_PER_CHANGE) return this.#wake.resolve();
    this.#reset = "asked";
    this.askForReset();
  }

  /** What has come together, as soon as there is something; null once stopped. */
  async next(): Promise<ListChange<T> | null> {
    do {
      await this.#wake.promise;
      this.#wake = Promise.withResolvers();
    } while (this.#reset === "asked" && !this.#stopped);
    if (this.#stopped) return null;
    const change = {
      reset: this.#reset === "yes",
      changed: [...this.#changed.values()],
      removedIds: [...this.#removed],
    };
    this.#changed = new Map();
    this.#removed = new Set();
    this.#reset = "no";
    return change;
  }

  stop(): void {
    this.#stopped = true;
    this.#wake.resolve();
  }
}
