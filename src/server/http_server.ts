import { setTimeout as wait } from "node:timers/promises";
import { getLogger } from "@logtape/logtape";

/** A running HTTP server. */
export interface HttpServer {
  readonly hostname: string;
  readonly port: number;
  /** Number of failures to accept a connection since the start. */
  acceptFailures(): number;
  /** Stops accepting connections, closes idle ones and WebSockets, and waits for the requests in progress. */
  shutdown(): Promise<void>;
}

const RETRY_MS = 1_000;
// Requests in progress may end within this time before their connections are closed.
const DRAIN_MS = 1_000;
const log = getLogger(["waybill", "server"]);

/**
 * Serves HTTP. A failure to accept a connection, of which too many open files are the usual cause, ends a
 * server of Deno but leaves its connections open. They are then closed, which frees their files, and a new
 * server listens at the same address.
 *
 * @param port 0: any free port
 * @throws {Deno.errors.AddrInUse} if the port is in use
 */
export function serveHttp(hostname: string, port: number, handler: Deno.ServeHandler): HttpServer {
  const stopping = new AbortController();
  let acceptFailures = 0;
  let listener = open(port);
  const { addr } = listener.server;
  const running = keepOpen();

  function open(at: number): Listener {
    const closing = new AbortController();
    const pending = new Set<Promise<Response>>();
    const handle: Deno.ServeHandler = async (request, info) => {
      const answering = Promise.try(handler, request, info);
      pending.add(answering);
      try {
        return await answering;
      } finally {
        pending.delete(answering);
      }
    };
    const { signal } = closing;
    const server = Deno.serve({ hostname, port: at, signal, onListen: () => {}, onError }, handle);
    return { server, pending, close: () => closing.abort() };
  }

  async function keepOpen(): Promise<void> {
    let failedAt = -Infinity;
    while (!stopping.signal.aborted) {
      try {
        return await listener.server.finished;
      } catch (error) {
        acceptFailures++;
        log.error(
          "Cannot accept a connection: {reason}; closing all connections, and continuing. Raise the " +
            "limit of open files (ulimit -n, LimitNOFILE), or limit the connections in a proxy",
          { reason: reasonOf(error) },
        );
      }
      // The first time at once, because clients are refused meanwhile.
      if (performance.now() - failedAt < RETRY_MS) await pause(RETRY_MS);
      await Promise.race([Promise.allSettled(listener.pending), pause(DRAIN_MS)]);
      // A graceful shutdown would keep connections whose client has not sent the whole body.
      listener.close();
      failedAt = performance.now();
      await reopen();
    }
  }

  async function reopen(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        listener = open(addr.port);
        return;
      } catch (error) {
        log.error("Cannot listen at port {port} again: {reason}; retrying every second", {
          port: addr.port,
          reason: reasonOf(error),
        });
        await pause(RETRY_MS);
      }
    }
  }

  // Resolves early when the server stops.
  const pause = (ms: number) => wait(ms, undefined, { signal: stopping.signal }).catch(() => {});

  return {
    hostname: addr.hostname,
    port: addr.port,
    acceptFailures: () => acceptFailures,
    async shutdown() {
      stopping.abort();
      await listener.server.shutdown().catch((error) =>
        log.error("Cannot close the connections of the server", { error })
      );
      await running;
    },
  };
}

interface Listener {
  readonly server: Deno.HttpServer<Deno.NetAddr>;
  /** Requests in progress. */
  readonly pending: ReadonlySet<Promise<Response>>;
  /** Closes all connections at once. */
  close(): void;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function onError(error: unknown): Response {
  log.error("Cannot answer a request", { error });
  return new Response("Internal Server Error", { status: 500 });
}
