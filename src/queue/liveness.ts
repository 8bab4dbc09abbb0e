const SILENT_MS = 10_000;

/** Liveness of one loop: a loop that hangs completes no more rounds. */
export class Liveness {
  #lastRoundAt = performance.now();

  /**
   * @param intervalMs regular time between two rounds, in milliseconds
   * @param silentMs maximum time of a round, in milliseconds
   */
  constructor(readonly intervalMs: number, readonly silentMs = SILENT_MS) {}

  /** Call it after each round that succeeded. */
  completeRound(): void {
    this.#lastRoundAt = performance.now();
  }

  /** False if no round has succeeded for `silentMs` beyond the interval. */
  get alive(): boolean {
    return performance.now() - this.#lastRoundAt < this.intervalMs + this.silentMs;
  }
}
