import { AHEAD_MS, type Reservation } from "../domain/providers/rate_limit.ts";

/** Reserves slots, of which all processes together get no more than the limit allows. */
export type Reserve = (wanted: number, urgent: boolean) => Promise<Reservation>;

/** Applies the rate limit of one provider to its messages (GCRA: ITU-T I.371). */
export class RateLimit {
  readonly #bulk: SlotQueue;
  readonly #urgent: SlotQueue;

  /** @param perSecond read whenever slots are reserved, because the limit may change */
  constructor(reserve: Reserve, perSecond: () => number) {
    this.#bulk = new SlotQueue((wanted) => reserve(wanted, false), perSecond);
    this.#urgent = new SlotQueue((wanted) => reserve(wanted, true), perSecond);
  }

  /**
   * Waits for a slot that is due soon.
   *
   * @returns 0 if the caller has the slot; else the time until one is due, in milliseconds; Infinity
   *   if the signal fired first
   * @throws errors of `reserve`
   */
  acquire(urgent: boolean, signal?: AbortSignal): Promise<number> {
    return (urgent ? this.#urgent : this.#bulk).acquire(signal);
  }
}

// A delivery that must wait longer returns to its batch, which stops when the message is cancelled.
const SOON_MS = 2_000;

interface Waiter {
  readonly resolve: (waitMs: number) => void;
  readonly reject: (error: unknown) => void;
}

/** Queue (FIFO) of callers that wait for a slot. */
class SlotQueue {
  readonly #reserve: (wanted: number) => Promise<Reservation>;
  readonly #perSecond: () => number;
  readonly #waiting = new Set<Waiter>();
  #running = false;
  /** Time of the next reserved slot, by the process's clock, and the number of slots from then on. */
  #slotAt = 0;
  #slots = 0;
  /** Time between two reserved slots, by the limit that they were reserved under. */
  #intervalMs = 0;
  // Slots used since the last reservation: at a steady rate as many are reserved ahead.
  #used = 0;
  #reservedAt = -Infinity;
  #wake: () => void = () => {};

  constructor(reserve: (wanted: number) => Promise<Reservation>, perSecond: () => number) {
    this.#reserve = reserve;
    this.#perSecond = perSecond;
  }

  acquire(signal?: AbortSignal): Promise<number> {
    if (signal?.aborted) return Promise.resolve(Infinity);
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const waiter: Waiter = { resolve, reject };
    this.#waiting.add(waiter);
    const leave = () => {
      this.#waiting.delete(waiter);
      resolve(Infinity);
      if (this.#waiting.size === 0) this.#wake();
    };
    signal?.addEventListener("abort", leave, { once: true });
    if (!this.#running) void this.#run();
    return promise.finally(() => signal?.removeEventListener("abort", leave));
  }

  /** Serves the queue until it is empty. Never rejects: an error goes to all callers that wait. */
  async #run(): Promise<void> {
    this.#running = true;
    try {
      while (this.#waiting.size > 0) {
        await this.#untilSlot();
        const [first] = this.#waiting;
        // The slot may have no caller any more; then the next caller uses it.
        if (!first || this.#slots === 0) continue;
        this.#useSlot();
        this.#waiting.delete(first);
        first.resolve(0);
      }
    } catch (error) {
      this.#rejectAll(error);
    } finally {
      this.#running = false;
    }
  }

  async #untilSlot(): Promise<void> {
    this.#dropStale();
    while (this.#slots === 0 && this.#waiting.size > 0) await this.#reserveSlots();
    // No slot is due soon, or no caller waits any more.
    if (this.#slots === 0) return;
    const wait = this.#slotAt - performance.now();
    if (wait >= 1) await this.#sleep(wait);
  }

  async #reserveSlots(): Promise<void> {
    const steady = performance.now() - this.#reservedAt < 2 * AHEAD_MS;
    const wanted = this.#waiting.size + (steady ? this.#used : 0);
    // Not more than are due soon: under a low limit the second slot is due long after the first.
    const perSecond = this.#perSecond();
    const most = Math.max(1, Math.ceil(perSecond * 2 * AHEAD_MS / 1_000));
    const { count, waitMs } = await this.#reserve(Math.min(wanted, most));
    if (count === 0 && waitMs > SOON_MS) return this.#resolveAll(waitMs);
    // Half of the slots that may be reserved ahead have come due by then.
    if (count === 0) return await this.#sleep(waitMs + AHEAD_MS / 2);
    this.#reservedAt = performance.now();
    this.#used = 0;
    this.#slots = count;
    this.#intervalMs = 1_000 / perSecond;
    this.#slotAt = this.#reservedAt + waitMs;
  }

  #resolveAll(waitMs: number): void {
    for (const { resolve } of this.#waiting) resolve(waitMs);
    this.#waiting.clear();
  }

  #rejectAll(error: unknown): void {
    for (const { reject } of this.#waiting) reject(error);
    this.#waiting.clear();
  }

  /** Ends early once no caller waits. */
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

  // Slots that were not used in time are dropped: used later, they would come on top of other ones.
  #dropStale(): void {
    if (this.#slots === 0) return;
    const late = performance.now() - AHEAD_MS - this.#slotAt;
    const missed = Math.min(this.#slots, Math.max(0, Math.ceil(late / this.#intervalMs)));
    this.#slots -= missed;
    this.#slotAt += missed * this.#intervalMs;
  }
}
