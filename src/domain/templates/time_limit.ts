import process from "node:process";

const CHECK_MS = 5;

let lastReading = { at: -Infinity, cpuMs: 0 };

/** CPU time of this thread, in milliseconds. Hosts that do not report it give the time. */
function cpuTime(): number {
  if (typeof process.threadCpuUsage !== "function") return performance.now();
  const { user, system } = process.threadCpuUsage();
  lastReading = { at: performance.now(), cpuMs: (user + system) / 1_000 };
  return lastReading.cpuMs;
}

/** CPU time of this thread up to 5 ms ago. Reading it costs up to 60 µs, as much as a short rendering. */
function recentCpuTime(): number {
  return performance.now() - lastReading.at < CHECK_MS ? lastReading.cpuMs : cpuTime();
}

/**
 * Limit of the CPU time of one rendering: unlike the time, it does not pass while the machine is busy with
 * other work.
 */
export class TimeLimit {
  readonly #startedAt = performance.now();
  #nextCheck = this.#startedAt + CHECK_MS;
  readonly #cpuStart = recentCpuTime();
  #exceeded = false;

  /** @param limitMs CPU time in milliseconds */
  constructor(readonly limitMs: number) {}

  /** True once a check has failed. */
  get exceeded(): boolean {
    return this.#exceeded;
  }

  /** CPU time since its creation, in milliseconds; up to 5 ms more than that. */
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
