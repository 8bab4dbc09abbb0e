import { Hono } from "hono";
import type { Services } from "../../domain/services.ts";
import { serveHttp } from "../http_server.ts";
import type { EventLoop } from "./event_loop.ts";
import { createReadiness, type HealthCheck } from "./health.ts";
import { createMetrics, type Metrics, type MetricsSource } from "./metrics.ts";

type Health = Readonly<Record<string, HealthCheck>>;

/** Routes for orchestrators and Prometheus: liveness, readiness, metrics. */
export function createProbes(health: Health, metrics: Metrics): Hono {
  const app = new Hono();
  app.get("/healthz", (context) => context.json({ alive: true }));
  app.get("/readyz", createReadiness(health));
  app.get("/metrics", () => metrics.scrape());
  return app;
}

/** Options of a server that answers probes only. */
export interface ProbeOptions {
  readonly host: string;
  readonly port: number;
  readonly services: Services;
  readonly health: Health;
  readonly metricsSource: MetricsSource;
  readonly eventLoop: EventLoop;
}

/**
 * Starts a server that answers probes only.
 *
 * @returns the function that stops it
 * @throws {Deno.errors.AddrInUse} if the port is in use
 */
export function startProbes(options: ProbeOptions): () => Promise<void> {
  const { host, port, services, health, metricsSource, eventLoop } = options;
  const none = () => 0;
  const metrics = createMetrics(services, metricsSource, eventLoop, {
    webSockets: none,
    openSessions: none,
    acceptFailures: () => server.acceptFailures(),
  });
  const probes = createProbes(health, metrics);
  const server = serveHttp(host, port, (request) => probes.fetch(request));
  return server.shutdown;
}
