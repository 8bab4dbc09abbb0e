import type pg from "pg";
import type { Change, Transport } from "./bus.ts";
import { type Line, MAX_PAYLOAD, openLine } from "./listen_connection.ts";
import { pack, unpack } from "./packet.ts";

const BATCH_MS = 5;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;

type Receive = (changes: readonly Change[] | null) => void;

/**
 * Carries changes by LISTEN and NOTIFY, over one connection of its own.
 *
 * A connection that is lost, or that does not hear its own echo any more, is replaced; what may have
 * been missed meanwhile, here or by the others, is told as a gap.
 *
 * @param connect opens a connection outside the pool
 * @param onError told of each loss of the connection, and of each failure to replace it
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
  #line: Line | null = null;
  #outbox: Change[] = [];
  #batch: ReturnType<typeof setTimeout> | undefined;
  /** The others have not been told of everything that changed here. */
  #owesGap = false;
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
    this.#batch ??= setTimeout(() => this.#flush(), BATCH_MS);
  }

  healthy(): boolean {
    return this.#line !== null;
  }

  async close(): Promise<void> {
    this.#open = false;
    await this.#flush();
    this.#closing.resolve();
    // While there is no connection, an attempt to make one may take long; it ends by itself.
    if (this.#line) await this.#listening;
  }

  async #keepListening(): Promise<void> {
    while (this.#open) {
      try {
        await this.#listen();
      } catch (error) {
        this.onError(error);
        // Scattered, so that replicas do not come back all at once.
        await this.#pause(this.#retryMs * (0.5 + Math.random()));
        this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
      }
    }
  }

  /** Returns once the transport closes; throws once the connection is lost. */
  async #listen(): Promise<void> {
    const line = await openLine(await this.connect(), (payload) => this.#hear(payload));
    try {
      if (!this.#open) return;
      this.#line = line;
      this.#retryMs = FIRST_RETRY_MS;
      this.receive(null);
      if (this.#owesGap) {
        this.#owesGap = false;
        await this.#tell(null);
      }
      await Promise.race([line.lost, this.#closing.promise]);
    } finally {
      this.#line = null;
      await line.close();
    }
  }

  #hear(payload: string): void {
    try {
      const { from, changes } = unpack(payload);
      if (from !== this.#from) this.receive(changes);
    } catch (cause) {
      this.onError(new Error(`Cannot read the event ${payload}`, { cause }));
      this.receive(null);
    }
  }

  async #flush(): Promise<void> {
    clearTimeout(this.#batch);
    this.#batch = undefined;
    const changes = this.#outbox;
    this.#outbox = [];
    if (changes.length) await this.#tell(changes);
  }

  async #tell(changes: readonly Change[] | null): Promise<void> {
    const sent = await this.#line?.send(pack({ from: this.#from, changes }, MAX_PAYLOAD));
    if (!sent) this.#owesGap = true;
  }

  async #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    await Promise.race([promise, this.#closing.promise]);
    clearTimeout(timer);
  }
}
