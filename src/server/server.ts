import { getLogger } from "@logtape/logtape";
import { GraphQLError, type GraphQLSchema } from "graphql";
import type { Services } from "../domain/services.ts";
import { STOP } from "../domain/stop.ts";
import { createAuthentication, type JwtOptions } from "./authentication.ts";
import { createBounces, type WebhookOptions } from "./webhooks/bounces.ts";
import { createGraphQL } from "./graphql/graphql.ts";
import type { EventLoop } from "./ops/event_loop.ts";
import type { HealthCheck } from "./ops/health.ts";
import { createMetrics, type MetricsSource } from "./ops/metrics.ts";
import { type CallerHandler, createRoutes } from "./routes.ts";
import { watchSessions } from "./graphql/sessions.ts";
import { createUnsubscribe } from "./unsubscribe.ts";
import { createWebSockets } from "./graphql/websocket.ts";

/** Options of a server. */
export interface ServerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly services: Services;
  readonly schema: GraphQLSchema;
  /** Null: JWTs are not accepted. */
  readonly jwt: JwtOptions | null;
  /** Health checks by the names that /readyz shows. */
  readonly health: Readonly<Record<string, HealthCheck>>;
  readonly metricsSource: MetricsSource;
  readonly eventLoop: EventLoop;
  /** Answers POST /import/recipients. */
  readonly importRecipients: CallerHandler;
  readonly webhooks: WebhookOptions;
}

/** A running server. */
export interface RunningServer {
  /** "http://127.0.0.1:8000" */
  readonly address: string;
  /** Ends streams and sockets, and answers pending requests; aborts those that last longer than `STOP.ended`. */
  shutdown(): Promise<void>;
}

const log = getLogger(["waybill", "server"]);

/**
 * Starts a server.
 *
 * @throws {Deno.errors.AddrInUse} if the port is in use
 */
export function startServer(options: ServerOptions): RunningServer {
  const { services, schema, jwt, metricsSource, health, importRecipients } = options;
  const sessions = watchSessions(services);
  const authenticate = createAuthentication(services, jwt);
  const graphql = createGraphQL(schema, services, sessions);
  const webSockets = createWebSockets(graphql, authenticate, sessions);
  const metrics = createMetrics(services, metricsSource, options.eventLoop, {
    webSockets: webSockets.count,
    openSessions: sessions.count,
  });
  const routes = createRoutes({
    authenticate,
    graphql,
    webSockets,
    metrics,
    health,
    importRecipients,
    signed: [createUnsubscribe(services), createBounces(services, options.webhooks)],
  });
  const abort = new AbortController();
  const server = Deno.serve({
    hostname: options.host,
    port: options.port,
    signal: abort.signal,
    onListen: () => {},
  }, routes.fetch);
  const { hostname, port } = server.addr;
  const address = `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;

  return {
    address,
    async shutdown() {
      webSockets.closeAll();
      sessions.end(
        new GraphQLError("The server is shutting down; subscribe again", {
          extensions: { code: "SERVER_STOPPING" },
        }),
      );
      const timer = setTimeout(() => {
        log.warn(
          "Aborting requests that are still running {ms} ms after the start of the shutdown",
          {
            ms: STOP.ended,
          },
        );
        abort.abort();
      }, STOP.ended);
      await server.shutdown();
      await server.finished;
      clearTimeout(timer);
      await graphql.dispose();
    },
  };
}
