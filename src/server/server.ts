import { GraphQLError, type GraphQLSchema } from "graphql";
import type { Services } from "../domain/services.ts";
import { createAuthentication, describeRefusal, type JwtOptions } from "./authentication.ts";
import { createInboundSecrets } from "../domain/inbound_routes/secrets.ts";
import { createBounces, type WebhookOptions } from "./webhooks/bounces.ts";
import { createInboundMail } from "./webhooks/inbound_mail.ts";
import { createContent } from "./content.ts";
import { createCron, CRON_TIMEOUT_MS } from "./cron/cron.ts";
import type { StartWorkers } from "./cron/tick.ts";
import { createDashboard } from "./dashboard/dashboard.ts";
import { createGraphQL } from "./graphql/graphql.ts";
import { serveHttp } from "./http_server.ts";
import type { HealthCheck } from "./ops/health.ts";
import { createMetrics, type MetricsOptions } from "./ops/metrics.ts";
import { createScrapeAccess } from "./ops/scrape_access.ts";
import type { QuoteImages } from "./quote_images.ts";
import { type CallerHandler, createRoutes } from "./routes.ts";
import { watchSessions } from "./graphql/sessions.ts";
import { createShopifyOrders } from "./webhooks/shopify_orders.ts";
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
  readonly metrics: MetricsOptions;
  /** Bearer of the scraper; null: /metrics needs the key of an OPERATOR. */
  readonly metricsToken: string | null;
  /** Handlers of POST /import/<name>, by name. */
  readonly imports: Readonly<Record<string, CallerHandler>>;
  readonly quoteImages: QuoteImages;
  /** Milliseconds after which a client of an event stream that reads nothing is disconnected. */
  readonly readerDeadlineMs?: number;
  readonly webhooks: WebhookOptions;
  /** Bearer token of /cron; null to disable. */
  readonly cronSecret: string | null;
  /** Milliseconds after which requests to /cron are answered with 202; absent: 25 s. */
  readonly cronTimeoutMs?: number;
  /** Starts workers for the time of a tick; absent: this process has workers. */
  readonly startWorkers?: StartWorkers | null;
  /** Folder of the built dashboard. */
  readonly dashboard: URL;
}

/** A running server. */
export interface RunningServer {
  /** "http://127.0.0.1:8000" */
  readonly address: string;
  /** Ends streams and sockets, and answers pending requests. */
  shutdown(): Promise<void>;
}

/**
 * Starts a server.
 *
 * @throws {Deno.errors.AddrInUse} if the port is in use
 */
export function startServer(options: ServerOptions): RunningServer {
  const { services, schema, jwt, health, imports, quoteImages, readerDeadlineMs } = options;
  const stopping = new AbortController();
  const sessions = watchSessions(services);
  const authenticate = createAuthentication(services, jwt);
  const graphql = createGraphQL(schema, services, sessions);
  const webSockets = createWebSockets(graphql, authenticate, sessions);
  const findSecrets = createInboundSecrets(services, {
    EMAIL: options.webhooks.secret,
    MAILGUN: options.webhooks.mailgunSigningKey,
    SHOPIFY: options.webhooks.shopifySecret ?? null,
  });
  const metrics = createMetrics(services, options.metrics, {
    webSockets: webSockets.count,
    openSessions: sessions.count,
    acceptFailures: () => server.acceptFailures(),
  });
  const routes = createRoutes({
    authenticate,
    describeRefusal: (credentials) => describeRefusal(services, credentials),
    graphql,
    webSockets,
    probes: {
      health,
      metrics,
      mayScrape: createScrapeAccess(options.metricsToken, authenticate),
    },
    imports,
    quoteImages,
    readerDeadlineMs,
    dashboard: createDashboard(options.dashboard),
    signed: [
      createUnsubscribe(services),
      createContent(services, authenticate),
      createBounces(services, options.webhooks),
      createInboundMail(services, findSecrets),
      createShopifyOrders(services, findSecrets),
      createCron(services, options.cronSecret, {
        timeoutMs: options.cronTimeoutMs ?? CRON_TIMEOUT_MS,
        signal: stopping.signal,
      }, options.startWorkers ?? null),
    ],
  });
  const server = serveHttp(options.host, options.port, (request) => routes.fetch(request));
  const { hostname, port } = server;
  const address = `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;

  return {
    address,
    async shutdown() {
      stopping.abort();
      webSockets.closeAll();
      sessions.end(
        new GraphQLError("The server is shutting down; subscribe again", {
          extensions: { code: "SERVER_STOPPING" },
        }),
      );
      await server.shutdown();
      await graphql.dispose();
    },
  };
}
