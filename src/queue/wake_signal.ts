/** Suspends idle loops until jobs can be claimed. One call of `wake` wakes one loop. */
export class WakeSignal {
  readonly #sleepers = new Set<() => void>();
  // A wake-up without a sleeper is kept for the next call of `wait`.
  #pending = false;

  /** Wakes the loop that has slept longest. */
  wake(): void {
    const [sleeper] = this.#sleepers;
    if (sleeper) sleeper();
    else this.#pending = true;
  }

  /** Wakes all loops. */
  wakeAll(): void {
    for (const sleeper of [...this.#sleepers]) sleeper();
    this.#pending = true;
  }

  /**
   * Sleeps until woken.
   *
   * @param ms maximum time in milliseconds
   */
  wait(ms: number): Promise<void> {
    if (this.#pending) {
      this.#pending = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const sleeper = () => {
        clearTimeout(timer);
        this.#sleepers.delete(sleeper);
        resolve();
      };
      const timer = setTimeout(sleeper, ms);
      this.#sleepers.add(sleeper);
    });
  }
}
