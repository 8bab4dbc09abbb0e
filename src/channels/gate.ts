/** Lets a limited number in at once; the others wait outside, the urgent ones in front. */
export class Gate {
  readonly #size: number;
  #inside = 0;
  readonly #urgent: (() => void)[] = [];
  readonly #waiting: (() => void)[] = [];
  #onEmpty: (() => void)[] = [];

  /** @param size how many are inside at once */
  constructor(size: number) {
    this.#size = size;
  }

  /** Runs `work` once there is room. */
  async pass<T>(urgent: boolean, work: () => Promise<T>): Promise<T> {
    if (this.#inside === this.#size) {
      await new Promise<void>((enter) => (urgent ? this.#urgent : this.#waiting).push(enter));
    } else {
      this.#inside++;
    }
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  /** Returns once nobody is inside or waits. */
  async empty(): Promise<void> {
    if (this.#inside > 0) await new Promise<void>((resolve) => this.#onEmpty.push(resolve));
  }

  #leave(): void {
    // Who enters takes the place of who leaves, so that nobody slips in between.
    const enter = this.#urgent.shift() ?? this.#waiting.shift();
    if (enter) return enter();
    if (--this.#inside > 0) return;
    for (const resolve of this.#onEmpty.splice(0)) resolve();
  }
}
