/**
 * Limits the number of deliveries in flight of many batches together, because those of a process that dies
 * become UNKNOWN.
 */
export class Window {
  readonly #limit: () => number;
  #taken = 0;
  /** Batches that have nothing in flight and wait for a place, in order: those that begin, and the others. */
  readonly #queues = { begin: new Set<() => void>(), goOn: new Set<() => void>() };
  #lastAdmitted: Set<() => void> | null = null;

  /** @param limit maximum number of deliveries; it is read whenever places are taken, because it may change */
  constructor(limit: () => number) {
    this.#limit = limit;
  }

  /** Takes up to `wanted` free places without waiting; none while batches wait for one. */
  take(wanted: number): number {
    const free = this.#nextQueue ? 0 : Math.max(0, this.#limit() - this.#taken);
    const count = Math.min(wanted, free);
    this.#taken += count;
    return count;
  }

  /**
   * Takes one place as soon as one is free. Batches that continue and batches that begin take turns, because a large
   * batch would otherwise wait for hundreds of small ones at each of its deliveries.
   *
   * @param goesOn whether deliveries of the batch were in flight before
   * @param maxMs maximum wait in milliseconds
   * @returns number of places taken: 0 if the signal fired or the time passed first, else 1
   */
  takeOne(signal: AbortSignal, goesOn: boolean, maxMs: number): Promise<number> {
    if (signal.aborted) return Promise.resolve(0);
    if (this.take(1) === 1) return Promise.resolve(1);
    const { promise, resolve } = Promise.withResolvers<number>();
    const queue = goesOn ? this.#queues.goOn : this.#queues.begin;
    const end = (count: number) => {
      queue.delete(admit);
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      resolve(count);
    };
    const admit = () => end(1);
    const abort = () => end(0);
    const timer = setTimeout(abort, maxMs);
    queue.add(admit);
    signal.addEventListener("abort", abort, { once: true });
    return promise;
  }

  /** Gives places back. */
  release(count: number): void {
    this.#taken -= count;
    while (this.#taken < this.#limit()) {
      const queue = this.#nextQueue;
      const [admit] = queue ?? [];
      if (!queue || !admit) return;
      this.#lastAdmitted = queue;
      this.#taken++;
      admit();
    }
  }

  /** The queue whose turn it is; null if no batch waits. */
  get #nextQueue(): Set<() => void> | null {
    const { begin, goOn } = this.#queues;
    const queues = this.#lastAdmitted === goOn ? [begin, goOn] : [goOn, begin];
    return queues.find(({ size }) => size > 0) ?? null;
  }
}
