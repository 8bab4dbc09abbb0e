/** Called when the waiter has received a permit. */
type Waiter = () => void;

/** Limits how many operations run at once. The others wait in order, urgent ones before the rest. */
export class Semaphore {
  readonly #permits: number;
  #held = 0;
  readonly #urgent = new Set<Waiter>();
  readonly #normal = new Set<Waiter>();
  #onDrained: (() => void)[] = [];

  /** @param permits number of operations that may run at once */
  constructor(permits: number) {
    this.#permits = permits;
  }

  /**
   * Runs `work` once a permit is free.
   *
   * @returns the result of `work`; undefined if the signal fired before `work` could start
   */
  async run<T>(
    { urgent = false, signal }: { readonly urgent?: boolean; readonly signal?: AbortSignal },
    work: () => Promise<T>,
  ): Promise<T | undefined> {
    if (signal?.aborted) return undefined;
    if (this.#held < this.#permits) this.#held++;
    else if (!await this.#acquire(urgent ? this.#urgent : this.#normal, signal)) return undefined;
    try {
      return await work();
    } finally {
      this.#release();
    }
  }

  /** Returns once no operation runs or waits. */
  async drain(): Promise<void> {
    if (this.#held > 0) await new Promise<void>((resolve) => this.#onDrained.push(resolve));
  }

  /** @returns false if the signal fired before a permit was free */
  #acquire(queue: Set<Waiter>, signal?: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const abort = () => {
        queue.delete(waiter);
        resolve(false);
      };
      const waiter = () => {
        signal?.removeEventListener("abort", abort);
        resolve(true);
      };
      queue.add(waiter);
      signal?.addEventListener("abort", abort, { once: true });
    });
  }

  #release(): void {
    // The next waiter receives the permit directly, so that no later caller overtakes it.
    for (const queue of [this.#urgent, this.#normal]) {
      const [waiter] = queue;
      if (!waiter) continue;
      queue.delete(waiter);
      return waiter();
    }
    if (--this.#held > 0) return;
    for (const resolve of this.#onDrained.splice(0)) resolve();
  }
}
