import type pg from "pg";
import type { Change, Transport } from "./bus.ts";
import { type ListenConnection, MAX_PAYLOAD, openListenConnection } from "./listen_connection.ts";
import { pack, unpack } from "./packet.ts";

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;

type Receive = (changes: readonly Change[] | null) => void;

/**
 * Sends changes by NOTIFY and receives them by LISTEN, over a connection of its own.
 *
 * A connection that is lost, or no longer receives its own notifications, is replaced. Changes that this or
 * another process may have missed in the meantime are reported as a gap.
 *
 * @param connect opens a connection outside the pool
 * @param onError called for each loss of the connection, and for each failure to replace it
 */
export function postgresTransport(
  connect: () => Promise<pg.Client>,
  onError: (error: unknown) => void,
): (receive: Receive) => Transport {
  return (receive) => new PostgresTransport(connect, onError, receive);
}

class PostgresTransport implements Transport {
  readonly #from = crypto.randomUUID();
  readonly #closing = Promise.withResolvers<void>();
  readonly #listening: Promise<void>;
  #open = true;
  #connection: ListenConnection | null = null;
  #outbox: Change[] = [];
  /** Sends the outbox until it is empty; null while nothing is being sent. */
  #sending: Promise<void> | null = null;
  /** True if changes of this process could not be sent to the others. */
  #mustSendGap = false;
  #retryMs = FIRST_RETRY_MS;

  constructor(
    readonly connect: () => Promise<pg.Client>,
    readonly onError: (error: unknown) => void,
    readonly receive: Receive,
  ) {
    this.#listening = this.#keepListening();
  }

  send(changes: readonly Change[]): void {
    if (!this.#open) return;
    this.#outbox.push(...changes);
    this.#sending ??= this.#sendOutbox();
  }

  healthy(): boolean {
    return this.#connection !== null;
  }

  async close(): Promise<void> {
    this.#open = false;
    await this.#sending;
    this.#closing.resolve();
    // Without a connection, an attempt to open one may be running; it is not awaited, because it can take
    // until its timeout.
    if (this.#connection) await this.#listening;
  }

  async #keepListening(): Promise<void> {
    while (this.#open) {
      try {
        await this.#listen();
      } catch (error) {
        this.onError(error);
        // Jitter, so that replicas do not all reconnect at once.
        await this.#pause(this.#retryMs * (0.5 + Math.random()));
        this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
      }
    }
  }

  /** Returns once the transport closes; throws once the connection is lost. */
  async #listen(): Promise<void> {
    const client = await this.connect();
    const connection = await openListenConnection(client, (payload) => this.#accept(payload));
    try {
      if (!this.#open) return;
      this.#connection = connection;
      this.#retryMs = FIRST_RETRY_MS;
      this.receive(null);
      if (this.#mustSendGap) {
        this.#mustSendGap = false;
        await this.#notify(null);
      }
      await Promise.race([connection.lost, this.#closing.promise]);
    } finally {
      this.#connection = null;
      await connection.close();
    }
  }

  #accept(payload: string): void {
    try {
      const { from, changes } = unpack(payload);
      if (from !== this.#from) this.receive(changes);
    } catch (cause) {
      this.onError(new Error(`Cannot read event ${payload}`, { cause }));
      this.receive(null);
    }
  }

  /** Sends the first changes at once, and together those that follow while they are being sent. */
  async #sendOutbox(): Promise<void> {
    // The changes that are published in the same task go out together.
    await Promise.resolve();
    while (this.#outbox.length > 0) {
      const changes = this.#outbox;
      this.#outbox = [];
      await this.#notify(changes);
    }
    this.#sending = null;
  }

  async #notify(changes: readonly Change[] | null): Promise<void> {
    const sent = await this.#connection?.send(pack({ from: this.#from, changes }, MAX_PAYLOAD));
    if (!sent) this.#mustSendGap = true;
  }

  async #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    await Promise.race([promise, this.#closing.promise]);
    clearTimeout(timer);
  }
}
