/** Queue in which owners take turns, so that the many items of one do not delay those of others. */
export class Turns<T> {
  #queues = new Map<string, T[]>();

  /** True if nothing waits. */
  get isEmpty(): boolean {
    return this.#queues.size === 0;
  }

  /** Adds an item behind the others of its owner. */
  add(owner: string, item: T): void {
    const queue = this.#queues.get(owner);
    if (queue) queue.push(item);
    else this.#queues.set(owner, [item]);
  }

  /** Restores items that were taken: they are the next ones again, in the same order of their owners. */
  putBack(items: readonly (readonly [owner: string, item: T])[]): void {
    const later = this.#queues;
    this.#queues = new Map();
    for (const [owner, item] of items) this.add(owner, item);
    for (const [owner, queue] of later) {
      this.#queues.set(owner, [...this.#queues.get(owner) ?? [], ...queue]);
    }
  }

  /** Removes up to `count` items, one of each owner in turn. */
  take(count: number): T[] {
    const taken: T[] = [];
    // An owner with more items is appended to the map, so that the loop reaches it again.
    for (const [owner, queue] of this.#queues) {
      const item = queue.shift();
      if (item !== undefined) taken.push(item);
      this.#queues.delete(owner);
      if (queue.length > 0) this.#queues.set(owner, queue);
      if (taken.length === count) break;
    }
    return taken;
  }
}
