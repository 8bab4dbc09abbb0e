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
const log = getLogger(["waybill", "server"]);

/**
 * Serves HTTP. A failure to accept a connection, of which too many open files are the usual cause, ends a
 * server of Deno but leaves its connections open. Its idle connections and WebSockets are then closed, which
 * frees their files, its requests in progress continue, and a new server listens at the same address.
 *
 * @param port 0: any free port
 * @throws {Deno.errors.AddrInUse} if the port is in use
 */
export function serveHttp(hostname: string, port: number, handler: Deno.ServeHandler): HttpServer {
  const stopping = new AbortController();
  const ending = new Set<Promise<void>>();
  let acceptFailures = 0;
  let server = open(port);
  const { addr } = server;
  const running = keepOpen();

  function open(at: number): Deno.HttpServer<Deno.NetAddr> {
    return Deno.serve({ hostname, port: at, onListen: () => {}, onError }, handler);
  }

  async function keepOpen(): Promise<void> {
    let failedAt = -Infinity;
    while (!stopping.signal.aborted) {
      try {
        return await server.finished;
      } catch (error) {
        acceptFailures++;
        log.error(
          "Cannot accept a connection: {reason}; closing idle connections and WebSockets, and " +
            "continuing. Raise the limit of open files (ulimit -n, LimitNOFILE), or limit the " +
            "connections in a proxy",
          { reason: reasonOf(error) },
        );
      }
      end(server);
      const now = performance.now();
      // The first time at once, because clients are refused meanwhile.
      if (now - failedAt < RETRY_MS) await pause();
      failedAt = now;
      await reopen();
    }
  }

  async function reopen(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        server = open(addr.port);
        return;
      } catch (error) {
        log.error("Cannot listen at port {port} again: {reason}; retrying every second", {
          port: addr.port,
          reason: reasonOf(error),
        });
        await pause();
      }
    }
  }

  function end({ shutdown }: Deno.HttpServer): void {
    const ended = shutdown()
      .catch((error) => log.error("Cannot close the connections of a server", { error }))
      .finally(() => ending.delete(ended));
    ending.add(ended);
  }

  // Resolves early when the server stops.
  const pause = () => wait(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => {});

  return {
    hostname: addr.hostname,
    port: addr.port,
    acceptFailures: () => acceptFailures,
    async shutdown() {
      stopping.abort();
      end(server);
      await Promise.all([running, ...ending]);
    },
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function onError(error: unknown): Response {
  log.error("Cannot answer a request", { error });
  return new Response("Internal Server Error", { status: 500 });
}
