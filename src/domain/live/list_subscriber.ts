import { MAX_IDS_PER_CHANGE } from "../../events/bus.ts";

/** Changes of a list; ids are database ids. */
export interface ListChange<T> {
  /** True: `changed` is the first page, and replaces all data of the client. */
  readonly reset: boolean;
  readonly changed: readonly T[];
  /** Objects that were deleted or no longer match the filter. */
  readonly removedIds: readonly string[];
}

/** Merges the changes of a list until its client reads them. */
export class ListSubscriber<T> {
  #changed = new Map<string, T>();
  #removed = new Set<string>();
  // "requested": the client reads too slowly, and waits for the first page.
  #reset: "no" | "requested" | "yes" = "no";
  #wake = Promise.withResolvers<void>();
  #stopped = false;

  /** @param requestReset called when too many changes are pending, to get the first page instead */
  constructor(readonly requestReset: () => void) {}

  /** Replaces all pending changes by the first page. */
  reset(page: ReadonlyMap<string, T>): void {
    this.#changed = new Map(page);
    this.#removed = new Set();
    this.#reset = "yes";
    this.#wake.resolve();
  }

  /** Adds changes, unless the first page was requested. */
  add(changed: ReadonlyMap<string, T>, removed: readonly string[]): void {
    if (this.#reset === "requested") return;
    for (const [id, object] of changed) {
      this.#changed.set(id, object);
      this.#removed.delete(id);
    }
    for (const id of removed) {
      this.#changed.delete(id);
      this.#removed.add(id);
    }
    if (this.#changed.size + this.#removed.size <= MAX_IDS_PER_CHANGE) return this.#wake.resolve();
    this.#reset = "requested";
    this.requestReset();
  }

  /** Resolves to the pending changes as soon as there are any; to null once stopped. */
  async next(): Promise<ListChange<T> | null> {
    do {
      await this.#wake.promise;
      this.#wake = Promise.withResolvers();
    } while (this.#reset === "requested" && !this.#stopped);
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

  /** Makes `next` resolve to null. */
  stop(): void {
    this.#stopped = true;
    this.#wake.resolve();
  }
}
