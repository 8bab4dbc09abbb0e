import { getLogger } from "@logtape/logtape";
import { openCaptureChannel } from "../channels/capture.ts";
import type { Channel } from "../channels/channel.ts";
import type { Config } from "../config/config.ts";
import type { Lane } from "../domain/jobs/job.ts";
import { sweepMessages } from "../domain/messages/sweep.ts";
import { ensureBuiltInSchedules } from "../domain/schedules/operations.ts";
import type { Services } from "../domain/services.ts";
import { cleanupHandler, type Retention } from "../handlers/cleanup.ts";
import { cleanupDeliveriesHandler } from "../handlers/cleanup_deliveries.ts";
import { planMessageHandler } from "../handlers/plan_message.ts";
import { retryFailedHandler } from "../handlers/retry_failed.ts";
import { sendBatchHandler } from "../handlers/send_batch.ts";
import { sendDueHandler } from "../handlers/send_due.ts";
import { every } from "../queue/every.ts";
import type { Handlers } from "../queue/handler.ts";
import { startSchedule } from "../queue/schedule.ts";
import { startWorker } from "../queue/worker.ts";
import { ContentCache } from "../sending/content_cache.ts";
import type { RegisteredProvider } from "../sending/live_provider.ts";
import { type ChannelSlots, openProviderPool } from "../sending/provider_pool.ts";
import type { OpenedServices } from "./services.ts";

const BULK_SLOTS = 2;
/** Slots of one process, by lane. */
const LANES: ReadonlyMap<Lane, number> = new Map([
  ["TRANSACTIONAL", 4],
  ["AI", 5],
  ["LEARNING", 2],
  ["BULK", BULK_SLOTS],
  ["SYSTEM", 2],
]);
const REFRESH_PROVIDERS_MS = 5_000;
// A server that has not answered QUIT by then does not delay the end of the process.
const CLOSE_MS = 1_000;
const log = getLogger(["waybill"]);

/** Options of the background work of one process. */
export interface BackgroundOptions {
  /** In order of preference. */
  readonly providers: readonly RegisteredProvider[];
  /** Takes emails when no provider is configured. */
  readonly capture: Channel;
  readonly retention: Retention;
  /** URL at which recipients reach this installation: "https://mail.example.com". */
  readonly publicUrl: string;
}

/** Running background work. */
export interface Background {
  /** Health checks by the names that /readyz shows. */
  readonly health: { worker(): boolean; schedule(): boolean };
  /** Finishes what is in flight and releases the other jobs; within 10 s. */
  stop(): Promise<void>;
}

/** Starts all background work of a process by its settings. */
export function startConfiguredBackground(
  { services, providers }: OpenedServices,
  config: Config,
): Promise<Background> {
  const { retention, dataDir, mail } = config;
  const hour = 60 * 60_000;
  return startBackground(services, {
    providers,
    capture: openCaptureChannel(dataDir, mail.from),
    publicUrl: publicUrlOf(config),
    retention: {
      completedMs: retention.completedJobsHours * hour,
      failedMs: retention.failedJobsDays * 24 * hour,
      deliveryDays: retention.deliveriesDays,
    },
  });
}

function publicUrlOf({ publicUrl, host, port }: Config): string {
  if (publicUrl !== null) return publicUrl;
  if (!/^(localhost|127\.[\d.]+|::1)$/.test(host)) {
    log.warn("PUBLIC_URL is missing: links to unsubscribe lead nowhere but to {host}", { host });
  }
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Starts the provider pool, the worker and the schedule. */
export async function startBackground(
  services: Services,
  options: BackgroundOptions,
): Promise<Background> {
  await ensureBuiltInSchedules(services);
  const { providers, capture } = options;
  const pool = await openProviderPool(services, providers, { capture, batches: BULK_SLOTS });
  const stopRefreshing = every(REFRESH_PROVIDERS_MS, "Reading the providers", pool.refresh);
  const worker = await startWorker(services, {
    handlers: handlersOf(services, options, pool.slots),
    lanes: LANES,
    sweep: () => sweepMessages(services),
  });
  const schedule = startSchedule(services);
  return {
    health: { worker: worker.healthy, schedule: schedule.healthy },
    async stop() {
      await schedule.stop();
      await worker.stop();
      await stopRefreshing();
      await closeInTime(pool.close());
    },
  };
}

function handlersOf(
  services: Services,
  { retention, publicUrl }: BackgroundOptions,
  slots: ChannelSlots,
): Handlers {
  const contents = new ContentCache(services);
  return new Map([
    ["PLAN_MESSAGE", planMessageHandler(services)],
    ["SEND_BATCH", sendBatchHandler(services, { slots, contents, publicUrl })],
    ["SEND_DUE", sendDueHandler(services)],
    ["RETRY_FAILED", retryFailedHandler(services)],
    ["CLEANUP", cleanupHandler(services, retention)],
    ["CLEANUP_DELIVERIES", cleanupDeliveriesHandler(services)],
  ]);
}

async function closeInTime(closing: Promise<void>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, CLOSE_MS);
  await Promise.race([late, closing]);
  clearTimeout(timer);
}
