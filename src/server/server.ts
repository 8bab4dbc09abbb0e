import { getLogger } from "@logtape/logtape";
import { GraphQLError, type GraphQLSchema } from "graphql";
import type { Services } from "../domain/services.ts";
import { createAuthentication, type JwtOptions } from "./authentication.ts";
import { createBounces, type WebhookOptions } from "./webhooks/bounces.ts";
import { createGraphQL } from "./graphql/graphql.ts";
import type { HealthCheck } from "./ops/health.ts";
import { createMetrics, type Figures } from "./ops/metrics.ts";
import { type CallerHandler, createRoutes } from "./routes.ts";
import { watchSessions } from "./graphql/sessions.ts";
import { createUnsubscribe } from "./unsubscribe.ts";
import { createWebSockets } from "./graphql/websocket.ts";

/** All that a server is made of. */
export interface ServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly services: Services;
  readonly schema: GraphQLSchema;
  /** Null: JWTs are not accepted. */
  readonly jwt: JwtOptions | null;
  /** The parts of the process that /readyz names. */
  readonly health: Readonly<Record<string, HealthCheck>>;
  readonly figures: Figures;
  /** Answers POST /import/recipients. */
  readonly importRecipients: CallerHandler;
  readonly webhooks: WebhookOptions;
}

/** A server that takes requests. */
export interface RunningServer {
  /** "http://127.0.0.1:8000" */
  readonly address: string;
  /** Ends streams and sockets, answers what is under way, and stops; within 8 s. */
  shutdown(): Promise<void>;
}

const SHUTDOWN_DEADLINE_MS = 8000;
const log = getLogger(["waybill", "server"]);

/**
 * Starts to take requests.
 *
 * @throws {Deno.errors.AddrInUse} when something else listens there
 */
export function startServer(options: ServerOptions): RunningServer {
  const { services, schema, jwt, figures, health, importRecipients } = options;
  const sessions = watchSessions(services);
  const authenticate = createAuthentication(services, jwt);
  const graphql = createGraphQL(schema, services, sessions);
  const webSockets = createWebSockets(graphql, authenticate, sessions);
  const metrics = createMetrics(services, figures, {
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
  }, (request) => routes.fetch(request));
  const { hostname, port } = server.addr;
  const address = `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;

  return {
    address,
    async shutdown() {
      webSockets.closeAll();
      sessions.end(
        new GraphQLError("The server is stopping; subscribe again", {
          extensions: { code: "SERVER_STOPPING" },
        }),
      );
      const timer = setTimeout(() => {
        log.warn("Requests are still under way after {ms} ms: they are cut off", {
          ms: SHUTDOWN_DEADLINE_MS,
        });
        abort.abort();
      }, SHUTDOWN_DEADLINE_MS);
      await server.shutdown();
      await server.finished;
      clearTimeout(timer);
      await graphql.dispose();
    },
  };
}
