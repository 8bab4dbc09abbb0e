import { Hono } from "hono";
import type { Services } from "../../domain/services.ts";
import { type HealthCheck, readiness } from "./health.ts";
import { createMetrics, type Figures, type Metrics } from "./metrics.ts";

type Health = Readonly<Record<string, HealthCheck>>;

/** What orchestrators and Prometheus ask: is it alive, is it ready, what does it count. */
export function createProbes(health: Health, metrics: Metrics): Hono {
  const app = new Hono();
  app.get("/healthz", (context) => context.json({ alive: true }));
  app.get("/readyz", () => readiness(health));
  app.get("/metrics", () => metrics.scrape());
  return app;
}

/** Where a process that takes no other requests answers its probes. */
export interface ProbeOptions {
  readonly host: string;
  readonly port: number;
  readonly services: Services;
  readonly health: Health;
  readonly figures: Figures;
}

/**
 * Answers probes and nothing else.
 *
 * @returns what ends it
 * @throws {Deno.errors.AddrInUse} when something else listens there
 */
export function startProbes(options: ProbeOptions): () => Promise<void> {
  const { host, port, services, health, figures } = options;
  const none = () => 0;
  const metrics = createMetrics(services, figures, { webSockets: none, openSessions: none });
  const probes = createProbes(health, metrics);
  const server = Deno.serve({ hostname: host, port, onListen: () => {} }, probes.fetch);
  return () => server.shutdown();
}
