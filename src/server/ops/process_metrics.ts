import process from "node:process";
import { Counter, Gauge, type Registry } from "prom-client";

/**
 * Registers the standard metrics of a process. collectDefaultMetrics() of prom-client is not used, because it reads
 * files of /proc and hooks of V8 that Deno lacks.
 */
export function registerProcess(registry: Registry, version: string): void {
  const registers = [registry];
  new Gauge({
    name: "waybill_build_info",
    help: "Version of the program; the value is always 1.",
    labelNames: ["version"],
    registers,
  }).set({ version }, 1);
  new Gauge({
    name: "process_start_time_seconds",
    help: "Start time of the process since the Unix epoch.",
    registers,
  }).set(Date.now() / 1_000 - process.uptime());
  new Counter({
    name: "process_cpu_seconds_total",
    help: "User and system CPU time of all threads of the process.",
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1_000_000);
    },
  });
  new Gauge({
    name: "process_resident_memory_bytes",
    help: "Resident memory of the process.",
    registers,
    collect() {
      this.set(Deno.memoryUsage().rss);
    },
  });
  new Gauge({
    name: "waybill_heap_bytes",
    help: "JavaScript heap of the main thread, by state.",
    labelNames: ["state"],
    registers,
    collect() {
      const { heapUsed, heapTotal } = Deno.memoryUsage();
      this.set({ state: "used" }, heapUsed);
      this.set({ state: "total" }, heapTotal);
    },
  });
}
