/**
 * Limits the number of deliveries in flight of all batches of a lane together, because those of a process that
 * dies become UNKNOWN.
 */
export class Window {
  readonly #limit: () => number;
  #taken = 0;
  /** Batches that have nothing in flight and wait for their first place, in order. */
  readonly #waiting = new Set<() => void>();

  /** @param limit maximum number of deliveries; it is read whenever places are taken, because it may change */
  constructor(limit: () => number) {
    this.#limit = limit;
  }

  /** Takes up to `wanted` free places without waiting; none while batches wait for their first. */
  take(wanted: number): number {
    const free = this.#waiting.size > 0 ? 0 : Math.max(0, this.#limit() - this.#taken);
    const count = Math.min(wanted, free);
    this.#taken += count;
    return count;
  }

  /**
   * Takes one place as soon as one is free, in the order of the calls.
   *
   * @returns number of places taken: 0 if the signal fired first, else 1
   */
  takeFirst(signal: AbortSignal): Promise<number> {
    if (signal.aborted) return Promise.resolve(0);
    if (this.take(1) === 1) return Promise.resolve(1);
    const { promise, resolve } = Promise.withResolvers<number>();
    const end = (count: number) => {
      this.#waiting.delete(admit);
      signal.removeEventListener("abort", abort);
      resolve(count);
    };
    const admit = () => end(1);
    const abort = () => end(0);
    this.#waiting.add(admit);
    signal.addEventListener("abort", abort, { once: true });
    return promise;
  }

  /** Gives places back. */
  release(count: number): void {
    this.#taken -= count;
    for (const admit of this.#waiting) {
      if (this.#taken >= this.#limit()) return;
      this.#taken++;
      admit();
    }
  }
}
