import process from "node:process";

// Reading the CPU time of a thread costs up to 20 µs.
const CHECK_MS = 5;

/**
 * CPU time of this thread, in milliseconds: unlike the time, it does not pass while the machine is busy
 * with other work. Hosts that do not report it give the time.
 */
export function cpuTime(): number {
  if (typeof process.threadCpuUsage !== "function") return performance.now();
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/** Limit of the time that one rendering takes. */
export class TimeLimit {
  readonly #start: number;
  #nextCheck = performance.now() + CHECK_MS;
  #exceeded = false;

  /**
   * @param limitMs in milliseconds
   * @param clock measures the time, in milliseconds
   */
  constructor(readonly limitMs: number, readonly clock: () => number) {
    this.#start = clock();
  }

  /** True once a check has failed. */
  get exceeded(): boolean {
    return this.#exceeded;
  }

  /** Time since its creation, in milliseconds. */
  get usedMs(): number {
    return this.clock() - this.#start;
  }

  /** @throws {Error} if the time is used up */
  check(): void {
    const now = performance.now();
    if (now < this.#nextCheck) return;
    this.#nextCheck = now + CHECK_MS;
    if (this.usedMs <= this.limitMs) return;
    this.#exceeded = true;
    throw new Error("Time limit exceeded");
  }
}
