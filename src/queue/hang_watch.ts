import type { Liveness } from "./liveness.ts";

const HANG_MS = 20_000;

/** Detects that all loops of a worker hang although the database renews its lease. */
export class HangWatch {
  #since: number | null = null;

  constructor(readonly loops: readonly Liveness[]) {}

  /** True once no loop was alive during 20 s of renewals. */
  get lasting(): boolean {
    return this.#since !== null && this.#hangs() && performance.now() - this.#since > HANG_MS;
  }

  /**
   * Runs a renewal. Loops that hang count only between renewals that succeed, because during an outage of
   * the database the loops of all workers hang.
   */
  async renew<T>(renew: () => Promise<T>): Promise<T> {
    const since = this.#since;
    this.#since = null;
    const result = await renew();
    if (this.#hangs()) this.#since = since ?? performance.now();
    return result;
  }

  #hangs(): boolean {
    return !this.loops.some(({ alive }) => alive);
  }
}
