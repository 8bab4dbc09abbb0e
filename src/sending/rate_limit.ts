import { AHEAD_MS, type Reservation } from "../domain/providers/rate_limit.ts";

/** Asks for slots, for all processes together. */
export type Reserve = (wanted: number, urgent: boolean) => Promise<Reservation>;

/** Keeps the messages of one provider at its limit. */
export class RateLimit {
  readonly #bulk: Line;
  readonly #urgent: Line;

  /** @param perSecond asked for whenever slots are needed: it may change */
  constructor(reserve: Reserve, perSecond: () => number) {
    this.#bulk = new Line((wanted) => reserve(wanted, false), perSecond);
    this.#urgent = new Line((wanted) => reserve(wanted, true), perSecond);
  }

  /**
   * Waits for a turn that comes soon.
   *
   * @returns 0: it is this one's turn; else when one will come, in milliseconds, if it does not come
   *   soon; Infinity: the signal has fired first
   * @throws what reserving throws
   */
  turn(urgent: boolean, signal?: AbortSignal): Promise<number> {
    return (urgent ? this.#urgent : this.#bulk).turn(signal);
  }
}

// Who waits longer than that would not hear what happens to its message meanwhile.
const SOON_MS = 2_000;

interface Waiting {
  readonly go: (waitMs: number) => void;
  readonly fail: (error: unknown) => void;
}

/** Those who wait for a turn, in the order of asking. */
class Line {
  readonly #reserve: (wanted: number) => Promise<Reservation>;
  readonly #perSecond: () => number;
  readonly #waiting = new Set<Waiting>();
  #running = false;
  /** When the next slot may be used, by the process's clock, and how many there are from then on. */
  #slotAt = 0;
  #slots = 0;
  /** Between them, by the limit under which they were reserved. */
  #intervalMs = 0;
  // Used since the last reservation: who goes on so fast asks for as many again beforehand.
  #used = 0;
  #reservedAt = -Infinity;
  #wake: () => void = () => {};

  constructor(reserve: (wanted: number) => Promise<Reservation>, perSecond: () => number) {
    this.#reserve = reserve;
    this.#perSecond = perSecond;
  }

  turn(signal?: AbortSignal): Promise<number> {
    if (signal?.aborted) return Promise.resolve(Infinity);
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const waiting: Waiting = { go: resolve, fail: reject };
    this.#waiting.add(waiting);
    const leave = () => {
      this.#waiting.delete(waiting);
      resolve(Infinity);
      if (this.#waiting.size === 0) this.#wake();
    };
    signal?.addEventListener("abort", leave, { once: true });
    if (!this.#running) void this.#run();
    return promise.finally(() => signal?.removeEventListener("abort", leave));
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      while (this.#waiting.size > 0) {
        await this.#untilSlot();
        const [first] = this.#waiting;
        // Whoever it was for has left meanwhile: the slot is the next one's.
        if (!first || this.#slots === 0) continue;
        this.#useSlot();
        this.#waiting.delete(first);
        first.go(0);
      }
    } catch (error) {
      for (const { fail } of this.#waiting) fail(error);
      this.#waiting.clear();
    } finally {
      this.#running = false;
    }
  }

  async #untilSlot(): Promise<void> {
    this.#dropStale();
    while (this.#slots === 0 && this.#waiting.size > 0) await this.#ask();
    // All were sent away, or have left.
    if (this.#slots === 0) return;
    const wait = this.#slotAt - performance.now();
    if (wait >= 1) await this.#sleep(wait);
  }

  async #ask(): Promise<void> {
    const steady = performance.now() - this.#reservedAt < 2 * AHEAD_MS;
    const wanted = this.#waiting.size + (steady ? this.#used : 0);
    // Not beyond the reserve: of a slow limit the second slot is due long after the first.
    const perSecond = this.#perSecond();
    const most = Math.max(1, Math.ceil(perSecond * 2 * AHEAD_MS / 1_000));
    const { count, waitMs } = await this.#reserve(Math.min(wanted, most));
    if (count === 0 && waitMs > SOON_MS) return this.#sendAway(waitMs);
    // Half of what may be asked for ahead has come due by then.
    if (count === 0) return await this.#sleep(waitMs + AHEAD_MS / 2);
    this.#reservedAt = performance.now();
    this.#used = 0;
    this.#slots = count;
    this.#intervalMs = 1_000 / perSecond;
    this.#slotAt = this.#reservedAt + waitMs;
  }

  #sendAway(waitMs: number): void {
    for (const { go } of this.#waiting) go(waitMs);
    this.#waiting.clear();
  }

  /** Not longer than somebody waits. */
  async #sleep(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.#wake = resolve;
    await promise;
    clearTimeout(timer);
  }

  #useSlot(): void {
    this.#slots--;
    this.#used++;
    this.#slotAt += this.#intervalMs;
  }

  // What was not used in its time is gone: used later, it would come on top of another's.
  #dropStale(): void {
    if (this.#slots === 0) return;
    const late = performance.now() - AHEAD_MS - this.#slotAt;
    const missed = Math.min(this.#slots, Math.max(0, Math.ceil(late / this.#intervalMs)));
    this.#slots -= missed;
    this.#slotAt += missed * this.#intervalMs;
  }
}
