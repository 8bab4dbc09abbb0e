/** Lets a limited number in at once; the others wait outside, the urgent ones in front. */
export class Gate {
  readonly #size: number;
  #inside = 0;
  readonly #urgent = new Set<(mine: boolean) => void>();
  readonly #waiting = new Set<(mine: boolean) => void>();
  #onEmpty: (() => void)[] = [];

  /** @param size how many are inside at once */
  constructor(size: number) {
    this.#size = size;
  }

  /**
   * Runs `work` once there is room.
   *
   * @returns undefined when the signal fires first, or has fired before
   */
  async pass<T>(
    { urgent = false, signal }: { readonly urgent?: boolean; readonly signal?: AbortSignal },
    work: () => Promise<T>,
  ): Promise<T | undefined> {
    if (signal?.aborted) return undefined;
    if (this.#inside < this.#size) this.#inside++;
    else if (!await this.#wait(urgent ? this.#urgent : this.#waiting, signal)) return undefined;
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  #wait(line: Set<(mine: boolean) => void>, signal?: AbortSignal): Promise<boolean> {
    return new Promise((enter) => {
      const leave = () => {
        line.delete(turn);
        enter(false);
      };
      const turn = (mine: boolean) => {
        signal?.removeEventListener("abort", leave);
        enter(mine);
      };
      line.add(turn);
      signal?.addEventListener("abort", leave, { once: true });
    });
  }

  /** Returns once nobody is inside or waits. */
  async empty(): Promise<void> {
    if (this.#inside > 0) await new Promise<void>((resolve) => this.#onEmpty.push(resolve));
  }

  #leave(): void {
    // Who enters takes the place of who leaves, so that nobody slips in between.
    for (const line of [this.#urgent, this.#waiting]) {
      const [turn] = line;
      if (!turn) continue;
      line.delete(turn);
      return turn(true);
    }
    if (--this.#inside > 0) return;
    for (const resolve of this.#onEmpty.splice(0)) resolve();
  }
}
