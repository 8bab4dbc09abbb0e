import type { Database } from "../db/database.ts";
import { readTotals } from "../domain/deliveries/stats.ts";
import { isHeld } from "../domain/hold.ts";
import { countPendingDeliveries } from "../domain/installation/pending.ts";
import { readDepths } from "../domain/jobs/find.ts";
import { readLaneSettings } from "../domain/jobs/lane_settings.ts";
import { readOldest } from "../domain/jobs/oldest.ts";
import { readWorkers } from "../domain/jobs/workers.ts";
import { countUnfinished } from "../domain/messages/unfinished.ts";
import { countOpenProblems } from "../domain/problems/count_open.ts";
import { findProviders } from "../domain/providers/find.ts";
import { readLags } from "../domain/schedules/lag.ts";
import type { Services } from "../domain/services.ts";
import type { Sample, StoredMetric } from "../server/ops/metrics.ts";

/** Metrics of the installation, which every process answers alike: aggregate them with max, not with sum. */
export function storedMetrics(services: Services): StoredMetric[] {
  const { db, settings } = services;
  return [
    {
      name: "waybill_jobs",
      help: "Unfinished jobs of the installation.",
      labels: ["lane", "status"],
      read: async () => sampled(await readDepths(services), ({ count }) => count),
    },
    {
      name: "waybill_oldest_job_wait_seconds",
      help: "Time for which the oldest due job of a lane has been waiting.",
      labels: ["lane"],
      read: async () => sampled(await readOldest(db), ({ seconds }) => seconds),
    },
    {
      name: "waybill_messages",
      help: "Unfinished messages of the installation.",
      labels: ["status"],
      read: async () => sampled(await countUnfinished(db), ({ count }) => count),
    },
    {
      name: "waybill_pending_deliveries",
      help: "Deliveries that wait in scheduled, planned or sent messages.",
      read: async () => [{ value: await countPendingDeliveries(db) }],
    },
    {
      name: "waybill_deliveries_total",
      help: "Ended deliveries of the installation, by outcome.",
      labels: ["outcome"],
      read: async () => sampled(await readTotals(db), ({ count }) => count),
    },
    {
      name: "waybill_provider_up",
      help:
        "1: the provider is enabled and its circuit is closed; 0: it is not used. The language model " +
        "has no channel.",
      labels: ["provider", "channel"],
      async read() {
        const providers = await findProviders(db, settings?.providerIds ?? []);
        return providers.map(({ name, channel, enabled, state }) => ({
          labels: { provider: name, channel: channel ?? "" },
          value: enabled && state === "CLOSED" ? 1 : 0,
        }));
      },
    },
    {
      name: "waybill_open_problems",
      help: "Open problems of all organizations.",
      read: async () => [{ value: await countOpenProblems(db) }],
    },
    {
      name: "waybill_schedule_lag_seconds",
      help: "Time for which the next tick of a built-in schedule has been due.",
      labels: ["schedule"],
      async read() {
        const lags = await readLags(db);
        return lags.map(({ name, seconds }) => ({ labels: { schedule: name }, value: seconds }));
      },
    },
    {
      name: "waybill_held",
      help: "1: the installation is on hold after a restore; 0: it is not.",
      read: async () => [{ value: await isHeld(db) ? 1 : 0 }],
    },
    ...workerMetrics(db),
  ];
}

function workerMetrics(db: Database): StoredMetric[] {
  return [
    {
      name: "waybill_workers",
      help: "Living workers of the installation.",
      read: async () => [{ value: (await readWorkers(db)).length }],
    },
    {
      name: "waybill_lane_slots",
      help: "Slots of all living workers, by use.",
      labels: ["lane", "state"],
      async read() {
        const slots = (await readWorkers(db)).flatMap(({ lanes }) => lanes);
        return [...Map.groupBy(slots, ({ lane }) => lane)].flatMap(([lane, ofLane]) => {
          const running = ofLane.reduce((sum, slot) => sum + slot.running, 0);
          const total = ofLane.reduce((sum, slot) => sum + slot.concurrency, 0);
          return [
            { labels: { lane, state: "running" }, value: running },
            { labels: { lane, state: "total" }, value: total },
          ];
        });
      },
    },
    {
      name: "waybill_lane_paused",
      help: "1: an operator has paused the lane; 0: it is not paused.",
      labels: ["lane"],
      async read() {
        const settings = await readLaneSettings(db);
        return settings.map(({ lane, pausedAt }) => ({
          labels: { lane },
          value: pausedAt ? 1 : 0,
        }));
      },
    },
  ];
}

/** Samples whose labels are the other fields of their rows. */
function sampled<Row extends Readonly<Record<string, string | number>>>(
  rows: readonly Row[],
  valueOf: (row: Row) => number,
): Sample[] {
  return rows.map((row) => {
    const labels = Object.entries(row).filter(([, value]) => typeof value === "string");
    return {
      labels: Object.fromEntries(labels.map(([name, value]) => [name, String(value)])),
      value: valueOf(row),
    };
  });
}
