import process from "node:process";

const CHECK_MS = 5;

/**
 * CPU time of this thread, in milliseconds. Reading it costs up to 20 µs. Hosts that do not report it give
 * the time.
 */
function cpuTime(): number {
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
  readonly #cpuStart = cpuTime();
  #exceeded = false;

  /** @param limitMs CPU time in milliseconds */
  constructor(readonly limitMs: number) {}

  /** True once a check has failed. */
  get exceeded(): boolean {
    return this.#exceeded;
  }

  /** CPU time since its creation, in milliseconds. */
  get usedMs(): number {
    const elapsedMs = performance.now() - this.#startedAt;
    return elapsedMs < CHECK_MS ? elapsedMs : cpuTime() - this.#cpuStart;
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
