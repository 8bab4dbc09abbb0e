const SILENT_MS = 10_000;

/** Liveness of one loop: a loop that hangs completes no more iterations. */
export class Liveness {
  #lastSuccessAt = performance.now();

  /**
   * @param intervalMs regular time between two iterations, in milliseconds
   * @param silentMs maximum duration of an iteration, in milliseconds
   */
  constructor(readonly intervalMs: number, readonly silentMs = SILENT_MS) {}

  /** Call it after each iteration that succeeded. */
  completeIteration(): void {
    this.#lastSuccessAt = performance.now();
  }

  /** False if no iteration has succeeded for `silentMs` beyond the interval. */
  get alive(): boolean {
    return performance.now() - this.#lastSuccessAt < this.intervalMs + this.silentMs;
  }
}
