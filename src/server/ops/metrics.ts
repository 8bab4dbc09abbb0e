import { getLogger } from "@logtape/logtape";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Services } from "../../domain/services.ts";
import type { EventLoop } from "./event_loop.ts";

/** Counts of the domain, read at each scrape. */
export interface MetricsSource {
  /** Unfinished jobs. */
  jobs(): Promise<readonly { lane: string; status: string; count: number }[]>;
  /** Ended deliveries of all time. */
  deliveries(): Promise<readonly { outcome: string; count: number }[]>;
}

/** Counts of the server itself. */
export interface ServerCounts {
  webSockets(): number;
  openSessions(): number;
  /** Since the start. */
  acceptFailures(): number;
}

/** Metrics of one server, for Prometheus. */
export interface Metrics {
  /** Records an answered request; a stream is recorded when it starts. */
  recordRequest(route: string, method: string, status: number, seconds: number): void;
  /** Answers /metrics. */
  scrape(): Promise<Response>;
}

// Clients can invent methods, and each one would be a new time series.
const METHODS = new Set(["GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"]);
const log = getLogger(["waybill", "server"]);

/** Creates the metrics of one server. The registry is its own, because tests run several servers. */
export function createMetrics(
  { db }: Services,
  source: MetricsSource,
  eventLoop: EventLoop,
  server: ServerCounts,
): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Histogram({
    name: "waybill_http_request_duration_seconds",
    help: "Time until the response started.",
    labelNames: ["route", "method", "status"],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers,
  });
  new Gauge({
    name: "waybill_jobs",
    help: "Unfinished jobs.",
    labelNames: ["lane", "status"],
    registers,
    async collect() {
      this.reset();
      for (const { lane, status, count } of await orEmpty(source.jobs())) {
        this.set({ lane, status }, count);
      }
    },
  });
  new Counter({
    name: "waybill_deliveries_total",
    help: "Ended deliveries.",
    labelNames: ["outcome"],
    registers,
    async collect() {
      this.reset();
      for (const { outcome, count } of await orEmpty(source.deliveries())) {
        this.inc({ outcome }, count);
      }
    },
  });
  new Gauge({
    name: "waybill_database_pool",
    help: "Database connections (total, idle) and calls that wait for one (waiting).",
    labelNames: ["state"],
    registers,
    collect() {
      for (const [state, count] of Object.entries(db.pool())) this.set({ state }, count);
    },
  });
  registry.registerMetric(eventLoop.delays);
  gauge(
    "waybill_event_loop_delay_max_seconds",
    "Longest delay of the event loop since the start.",
    eventLoop.longest,
  );
  gauge("waybill_websockets", "Open WebSockets.", server.webSockets);
  gauge("waybill_open_sessions", "Open WebSockets and event streams.", server.openSessions);
  new Counter({
    name: "waybill_accept_failures_total",
    help: "Connections that could not be accepted, mostly because of too many open files.",
    registers,
    collect() {
      this.reset();
      this.inc(server.acceptFailures());
    },
  });
  gauge("waybill_memory_rss_bytes", "Resident memory.", () => Deno.memoryUsage().rss);

  function gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  }

  return {
    recordRequest(route, method, status, seconds) {
      requests.observe({ route, method: METHODS.has(method) ? method : "other", status }, seconds);
    },
    async scrape() {
      return new Response(await registry.metrics(), {
        headers: { "content-type": registry.contentType },
      });
    },
  };
}

// Without rows, so that the other metrics are served while the database is unavailable.
function orEmpty<Row>(rows: Promise<readonly Row[]>): Promise<readonly Row[]> {
  return rows.catch((error) => {
    log.warn("Cannot read the counts of jobs or deliveries for the metrics", { error });
    return [];
  });
}
