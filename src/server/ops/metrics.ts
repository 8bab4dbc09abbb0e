import { getLogger } from "@logtape/logtape";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Services } from "../../domain/services.ts";

/** What the domain counts, asked for at each scrape. */
export interface Figures {
  /** Jobs that are not finished. */
  jobs(): Promise<readonly { lane: string; status: string; count: number }[]>;
  /** Deliveries that have ended, since the beginning. */
  deliveries(): Promise<readonly { outcome: string; count: number }[]>;
}

/** What the server itself counts. */
export interface ServerFigures {
  webSockets(): number;
  openSessions(): number;
}

/** The figures of one server, for Prometheus. */
export interface Metrics {
  /** Notes an answered request; a stream counts when it begins. */
  answered(route: string, method: string, status: number, seconds: number): void;
  /** Answers /metrics. */
  scrape(): Promise<Response>;
}

// Anybody can make up a method, and each would be a series of its own for ever.
const METHODS = new Set(["GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"]);
const log = getLogger(["waybill", "server"]);

/** Makes the metrics of one server: a registry of its own, because tests run several in one process. */
export function createMetrics(
  { db }: Services,
  figures: Figures,
  server: ServerFigures,
): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Histogram({
    name: "waybill_http_request_duration_seconds",
    help: "Time until the response began.",
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
      for (const { lane, status, count } of await orNone(figures.jobs())) {
        this.set({ lane, status }, count);
      }
    },
  });
  new Counter({
    name: "waybill_deliveries_total",
    help: "Deliveries that have ended.",
    labelNames: ["outcome"],
    registers,
    async collect() {
      this.reset();
      for (const { outcome, count } of await orNone(figures.deliveries())) {
        this.inc({ outcome }, count);
      }
    },
  });
  new Gauge({
    name: "waybill_database_pool",
    help: "Database connections: all and idle; calls that wait for one.",
    labelNames: ["state"],
    registers,
    collect() {
      for (const [state, count] of Object.entries(db.pool())) this.set({ state }, count);
    },
  });
  gauge("waybill_websockets", "Open WebSockets.", server.webSockets);
  gauge("waybill_open_sessions", "Open WebSockets and event streams.", server.openSessions);
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
    answered(route, method, status, seconds) {
      requests.observe({ route, method: METHODS.has(method) ? method : "other", status }, seconds);
    },
    async scrape() {
      return new Response(await registry.metrics(), {
        headers: { "content-type": registry.contentType },
      });
    },
  };
}

// Without the database, the other figures are wanted all the more.
function orNone<Row>(rows: Promise<readonly Row[]>): Promise<readonly Row[]> {
  return rows.catch((error) => {
    log.warn("Cannot read figures for the metrics", { error });
    return [];
  });
}
