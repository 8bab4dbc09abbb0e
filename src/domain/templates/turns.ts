/**
 * Queue in which owners share the CPU time: the owner that has used least is next, so that the many or slow
 * items of one do not delay those of others.
 */
export class Turns<T> {
  readonly #queues = new Map<string, T[]>();
  /** CPU time of each owner, in milliseconds. Owners with no more than the clock are not kept. */
  readonly #usedMs = new Map<string, number>();
  /** Time that the next owner has used. A new or idle owner starts with it, so that idle time gives no credit. */
  #clockMs = 0;

  /** True if nothing waits. */
  get isEmpty(): boolean {
    return this.#queues.size === 0;
  }

  /** Adds an item behind the others of its owner. */
  add(owner: string, item: T): void {
    this.#queueOf(owner).push(item);
  }

  /** Restores items that were taken, before the others of their owners. */
  putBack(items: readonly (readonly [owner: string, item: T])[]): void {
    for (const [owner, item] of items.toReversed()) this.#queueOf(owner).unshift(item);
  }

  /** Counts CPU time that an item of an owner has taken, in milliseconds. */
  spend(owner: string, ms: number): void {
    this.#usedMs.set(owner, this.#usedBy(owner) + ms);
  }

  /** Removes up to `count` items of the owner that has used least. */
  take(count: number): T[] {
    const [next] = [...this.#queues.keys()].sort((a, b) => this.#usedBy(a) - this.#usedBy(b));
    if (next === undefined) return [];
    this.#clockMs = this.#usedBy(next);
    for (const [owner, ms] of this.#usedMs) if (ms <= this.#clockMs) this.#usedMs.delete(owner);
    const queue = this.#queueOf(next);
    const taken = queue.splice(0, count);
    if (queue.length === 0) this.#queues.delete(next);
    return taken;
  }

  #usedBy(owner: string): number {
    return Math.max(this.#usedMs.get(owner) ?? 0, this.#clockMs);
  }

  #queueOf(owner: string): T[] {
    const queue = this.#queues.get(owner) ?? [];
    this.#queues.set(owner, queue);
    return queue;
  }
}
