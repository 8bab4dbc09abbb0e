import type { SendOptions } from "../channel.ts";
import { noConnection } from "./smtp_error.ts";
import type { SmtpSession } from "./smtp_session.ts";

const IDLE_MS = 30_000;
// Longer than a circuit stays open, so that the next probe of the provider can use the connection.
const UNUSED_MS = 90_000;
// Wait before the pool grows again after a connection could not be opened.
const GROW_AGAIN_MS = 30_000;

type Timer = ReturnType<typeof setTimeout>;

/** A connection that is reserved for one mail. */
export interface Lease {
  readonly session: SmtpSession;
  /** True if the connection was opened just now: it was neither idle nor used before. */
  readonly fresh: boolean;
}

/** A mail that waits for a connection. */
interface Waiter {
  readonly promise: Promise<Lease | undefined>;
  /** Whether a connection is being opened because of this mail. */
  opening: boolean;
  /** Ends the wait with a connection, or without one because the mail was aborted. */
  take(lease?: Lease): void;
  /** Ends the wait with an error, unless it has ended. */
  fail(error: unknown): void;
}

/**
 * Connections to one provider.
 *
 * Connections are opened apart from the mails, because a server may take minutes to greet: a mail that finds
 * no idle connection has another one opened, and takes whichever connection is free first. If a connection
 * cannot be opened, the mail that it was opened for fails, unless it has been sent meanwhile.
 */
export class SmtpPool {
  readonly #limit: number;
  /** Connections beside the limit that wait for a late reply. */
  readonly #aside = new Set<SmtpSession>();
  readonly #open: (signal: AbortSignal) => Promise<SmtpSession>;
  /** Number of connections, including those that are being opened or closed. */
  #size = 0;
  #busy = 0;
  /** Last in, first out, so that surplus connections stay idle and are closed. */
  #idle: { readonly session: SmtpSession; readonly timer: Timer }[] = [];
  readonly #openings = new Map<AbortController, Promise<void>>();
  readonly #closings = new Set<Promise<void>>();
  readonly #urgent = new Set<Waiter>();
  readonly #normal = new Set<Waiter>();
  #pause: Timer | null = null;
  #onDrained: (() => void)[] = [];

  /**
   * @param limit maximum number of connections
   * @param open opens a connection, unless the signal fires
   */
  constructor(limit: number, open: (signal: AbortSignal) => Promise<SmtpSession>) {
    this.#limit = limit;
    this.#open = open;
  }

  /**
   * Waits for a connection, urgent mails before the rest. `release` gives it back.
   *
   * @returns undefined if the signal fired first
   * @throws {SmtpError} if the connection for this mail could not be opened, or if no connection was open
   *   after `acquireTimeoutMs`; an opening continues nevertheless
   */
  async acquire(options: SendOptions): Promise<Lease | undefined> {
    if (options.signal?.aborted) return undefined;
    const session = this.#takeIdle();
    if (!session) return await this.#wait(options);
    this.#busy++;
    return { session, fresh: false };
  }

  /**
   * Replaces a connection whose mail waits for a late reply: it counts neither as busy nor towards the limit.
   * Otherwise, dead connections would stop all mails for minutes. As many as the limit may be replaced at a
   * time, because servers limit the connections of a client.
   */
  setAside(session: SmtpSession): void {
    this.#aside.add(session);
    this.#busy--;
    this.#forget();
    this.#checkDrained();
  }

  /** Takes a connection back, and closes it if no further mail can be sent over it. */
  release(session: SmtpSession): void {
    if (this.#aside.delete(session)) this.#size++;
    else this.#busy--;
    if (!session.alive) this.#forget();
    else if (session.usedUp || this.#size > this.#limit) this.#retire(session);
    else this.#offer({ session, fresh: false }, IDLE_MS);
    this.#checkDrained();
  }

  /**
   * Returns once no mail is being sent or waits, and all connections are closed but those that wait for a late
   * reply, which close after it.
   */
  async close(): Promise<void> {
    if (!this.#drained) await new Promise<void>((resolve) => this.#onDrained.push(resolve));
    this.#resumeGrowth();
    for (const opening of this.#openings.keys()) opening.abort();
    await Promise.all(this.#openings.values());
    this.closeIdle();
    await Promise.all(this.#closings);
  }

  /** Closes the connections that are idle now. */
  closeIdle(): void {
    for (const { session, timer } of this.#idle.splice(0)) {
      clearTimeout(timer);
      this.#retire(session);
    }
  }

  async #wait({ urgent, signal, acquireTimeoutMs }: SendOptions): Promise<Lease | undefined> {
    const waiter = this.#enqueue(urgent ? this.#urgent : this.#normal);
    const abort = () => waiter.take();
    signal?.addEventListener("abort", abort, { once: true });
    const timer = acquireTimeoutMs && setInterval(() => {
      // A connection that is in use will be free for this mail.
      if (this.#busy === 0) waiter.fail(noConnection(acquireTimeoutMs));
    }, acquireTimeoutMs);
    this.#grow();
    try {
      return await waiter.promise;
    } finally {
      signal?.removeEventListener("abort", abort);
      clearInterval(timer);
    }
  }

  #enqueue(queue: Set<Waiter>): Waiter {
    const { promise, resolve, reject } = Promise.withResolvers<Lease | undefined>();
    // Synchronously, so that no connection is given to a mail that has left.
    const leave = (settle: () => void) => {
      if (!queue.delete(waiter)) return;
      settle();
      this.#checkDrained();
    };
    const waiter: Waiter = {
      promise,
      opening: false,
      take: (lease) => leave(() => resolve(lease)),
      fail: (error) => leave(() => reject(error)),
    };
    queue.add(waiter);
    return waiter;
  }

  *#waiters(): Generator<Waiter, void, void> {
    yield* this.#urgent;
    yield* this.#normal;
  }

  /** Opens connections for waiting mails, unless one has failed just now and others are open. */
  #grow(): void {
    for (const waiter of this.#waiters()) {
      if (this.#isFull || (this.#pause !== null && this.#busy > 0)) return;
      if (!waiter.opening) this.#openFor(waiter);
    }
  }

  #openFor(waiter: Waiter): void {
    const opening = new AbortController();
    this.#size++;
    waiter.opening = true;
    const done = this.#open(opening.signal).then((session) => {
      this.#resumeGrowth();
      waiter.opening = false;
      this.#offer({ session, fresh: true }, UNUSED_MS);
    }, (error) => {
      if (this.#busy > 0) this.#pauseGrowth();
      waiter.opening = false;
      waiter.fail(error);
      this.#forget();
    }).finally(() => this.#openings.delete(opening));
    this.#openings.set(opening, done);
  }

  // Without this wait, a server that allows fewer connections would be asked for one more at each mail.
  #pauseGrowth(): void {
    this.#resumeGrowth();
    this.#pause = setTimeout(() => {
      this.#pause = null;
      this.#grow();
    }, GROW_AGAIN_MS);
  }

  #resumeGrowth(): void {
    if (this.#pause !== null) clearTimeout(this.#pause);
    this.#pause = null;
  }

  #offer(lease: Lease, idleMs: number): void {
    const { value: waiter } = this.#waiters().next();
    if (!waiter) return this.#keep(lease.session, idleMs);
    this.#busy++;
    waiter.take(lease);
    // A mail may be left for which no connection is being opened.
    this.#grow();
  }

  #takeIdle(): SmtpSession | null {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      clearTimeout(idle.timer);
      if (idle.session.alive) return idle.session;
      this.#size--;
    }
    return null;
  }

  #keep(session: SmtpSession, idleMs: number): void {
    const timer = setTimeout(() => {
      this.#idle = this.#idle.filter((idle) => idle.session !== session);
      this.#retire(session);
    }, idleMs);
    this.#idle.push({ session, timer });
  }

  #retire(session: SmtpSession): void {
    const closing = session.close().then(() => {
      this.#closings.delete(closing);
      this.#forget();
    });
    this.#closings.add(closing);
  }

  #forget(): void {
    this.#size--;
    this.#grow();
  }

  get #isFull(): boolean {
    return this.#size >= this.#limit || this.#size + this.#aside.size >= 2 * this.#limit;
  }

  get #drained(): boolean {
    return this.#busy + this.#urgent.size + this.#normal.size === 0;
  }

  #checkDrained(): void {
    if (!this.#drained) return;
    for (const resolve of this.#onDrained.splice(0)) resolve();
  }
}
