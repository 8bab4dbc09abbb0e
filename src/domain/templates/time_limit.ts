import process from "node:process";

const CHECK_MS = 5;

/**
 * CPU time of this thread, in milliseconds. Reading it costs up to 20 µs. Hosts that do not report it give
 * the time.
 */
export function cpuTime(): number {
  if (typeof process.threadCpuUsage !== "function") return performance.now();
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/**
 * Limit of the CPU time of one rendering: unlike the time, it does not pass while the machine is busy with
 * other work.
 */
export class TimeLimit {
  readonly #startedAt = performance.now();
  #nextCheck = this.#startedAt + CHECK_MS;
  #cpuStart: number | null;
  #exceeded = false;

  /**
   * @param limitMs CPU time in milliseconds
   * @param cpuStart result of `cpuTime()`; null: it is not read unless the rendering takes more than 5 ms,
   *   and until then the time counts as CPU time
   */
  constructor(readonly limitMs: number, cpuStart: number | null) {
    this.#cpuStart = cpuStart;
  }

  /** True once a check has failed. */
  get exceeded(): boolean {
    return this.#exceeded;
  }

  /** CPU time since its creation, in milliseconds. */
  get usedMs(): number {
    const elapsedMs = performance.now() - this.#startedAt;
    if (this.#cpuStart === null && elapsedMs < CHECK_MS) return elapsedMs;
    const cpu = cpuTime();
    this.#cpuStart ??= cpu - elapsedMs;
    return cpu - this.#cpuStart;
  }

  /** @throws {Error} if the CPU time is used up */
  check(): void {
    const now = performance.now();
    if (now < this.#nextCheck) return;
    this.#nextCheck = now + CHECK_MS;
    if (this.usedMs <= this.limitMs) return;
    this.#exceeded = true;
    throw new Error("Time limit exceeded");
  }
}
