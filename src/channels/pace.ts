/** Spaces calls out evenly: of many that come at once, each waits for its turn. */
export class Pace {
  readonly #intervalMs: number;
  #next = 0;

  /** @param perSecond turns, at most */
  constructor(perSecond: number) {
    this.#intervalMs = 1_000 / perSecond;
  }

  /** Returns when it is this call's turn, in the order of asking. */
  async turn(): Promise<void> {
    const now = performance.now();
    const at = Math.max(now, this.#next);
    this.#next = at + this.#intervalMs;
    if (at > now) await new Promise((resolve) => setTimeout(resolve, at - now));
  }
}
