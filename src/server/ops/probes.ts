import { Hono } from "hono";
import type { Services } from "../../domain/services.ts";
import { createAuthentication, type JwtOptions } from "../authentication.ts";
import { errorResponse, failureResponseTo, unauthenticated } from "../errors.ts";
import { serveHttp } from "../http_server.ts";
import { createReadiness, type HealthCheck } from "./health.ts";
import { createMetrics, type Metrics, type MetricsOptions } from "./metrics.ts";
import { createScrapeAccess, type ScrapeAccess } from "./scrape_access.ts";

/** Handlers of the probes. */
export interface ProbeParts {
  readonly health: Readonly<Record<string, HealthCheck>>;
  readonly metrics: Metrics;
  readonly mayScrape: ScrapeAccess;
}

/** Routes for orchestrators and Prometheus: liveness, readiness, metrics. */
export function createProbes({ health, metrics, mayScrape }: ProbeParts): Hono {
  const app = new Hono();
  app.get("/healthz", (context) => context.json({ alive: true }));
  app.get("/readyz", createReadiness(health));
  app.get("/metrics", async ({ req }) => {
    if (await mayScrape(req.raw)) return await metrics.scrape();
    const reason =
      "Cannot read the metrics: send METRICS_TOKEN, or the API key of an OPERATOR, as " +
      "Authorization: Bearer …";
    return errorResponse(401, unauthenticated(reason), { "www-authenticate": "Bearer" });
  });
  return app;
}

/** Options of a server that answers probes only. */
export interface ProbeOptions extends Pick<ProbeParts, "health"> {
  readonly host: string;
  readonly port: number;
  readonly services: Services;
  readonly metrics: MetricsOptions;
  /** Null: JWTs are not accepted. */
  readonly jwt: JwtOptions | null;
  /** Null: /metrics needs the key of an OPERATOR. */
  readonly metricsToken: string | null;
}

/**
 * Starts a server that answers probes only.
 *
 * @returns the function that stops it
 * @throws {Deno.errors.AddrInUse} if the port is in use
 */
export function startProbes(options: ProbeOptions): () => Promise<void> {
  const { host, port, services, health, jwt, metricsToken } = options;
  const none = () => 0;
  const metrics = createMetrics(services, options.metrics, {
    webSockets: none,
    openSessions: none,
    acceptFailures: () => server.acceptFailures(),
  });
  const mayScrape = createScrapeAccess(metricsToken, createAuthentication(services, jwt));
  const probes = createProbes({ health, metrics, mayScrape });
  probes.onError((error, { req }) => failureResponseTo(req.raw, error));
  const server = serveHttp(host, port, (request) => probes.fetch(request));
  return server.shutdown;
}
