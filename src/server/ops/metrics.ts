import { getLogger } from "@logtape/logtape";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Services } from "../../domain/services.ts";
import type { EventLoop } from "./event_loop.ts";
import type { ServedMeter } from "./meter.ts";
import { registerProcess } from "./process_metrics.ts";

/** One value of a metric. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Metric of the whole installation, read from the database at each scrape. */
export interface StoredMetric {
  /** The name of a counter ends with _total. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  read(): Promise<readonly Sample[]>;
}

/** Counts of the server itself. */
export interface ServerCounts {
  webSockets(): number;
  openSessions(): number;
  /** Since the start. */
  acceptFailures(): number;
}

/** Sources of the metrics of a process. */
export interface MetricsOptions {
  readonly stored: readonly StoredMetric[];
  readonly eventLoop: EventLoop;
  /** Absent: the process runs no jobs. */
  readonly meter?: ServedMeter;
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
  { db, settings }: Services,
  { stored, eventLoop, meter }: MetricsOptions,
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
  // Read before the scrape, which uses a connection itself.
  let pool = db.pool();
  const inTurn = createTurns();
  for (const { read, ...metric } of stored) {
    registerStored(registry, { ...metric, read: () => inTurn(read) });
  }
  meter?.register(registry);
  registerProcess(registry, settings?.version ?? "");
  new Gauge({
    name: "waybill_database_pool",
    help: "Database connections (total, idle) and calls that wait for one (waiting).",
    labelNames: ["state"],
    registers,
    collect() {
      for (const [state, count] of Object.entries(pool)) this.set({ state }, count);
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
      pool = db.pool();
      return new Response(await registry.metrics(), {
        headers: { "content-type": registry.contentType },
      });
    },
  };
}

/** Returns a function that runs reads one after the other, so that a scrape uses one connection. */
function createTurns(): <T>(read: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (read) => {
    const result = last.then(read);
    last = result.catch(() => {});
    return result;
  };
}

function registerStored(registry: Registry, { name, help, labels = [], read }: StoredMetric): void {
  const options = { name, help, labelNames: [...labels], registers: [registry] };
  const samples = () => orEmpty(name, read);
  if (name.endsWith("_total")) {
    new Counter({
      ...options,
      async collect() {
        const found = await samples();
        this.reset();
        // A metric without labels would be served as 0.
        if (found.length === 0 && labels.length === 0) this.remove();
        for (const { labels: of = {}, value } of found) this.inc(of, value);
      },
    });
    return;
  }
  new Gauge({
    ...options,
    async collect() {
      const found = await samples();
      this.reset();
      if (found.length === 0 && labels.length === 0) this.remove();
      for (const { labels: of = {}, value } of found) this.set(of, value);
    },
  });
}

// Without samples, so that the other metrics are served while the database is unavailable.
async function orEmpty(
  name: string,
  read: StoredMetric["read"],
): Promise<readonly Sample[]> {
  try {
    return await read();
  } catch (error) {
    log.warn("Cannot read the metric {name}", { name, error });
    return [];
  }
}
