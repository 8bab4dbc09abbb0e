import type { Channel } from "../channels/channel.ts";
import type { MessageChannel } from "../domain/channel.ts";
import type { Lane } from "../domain/jobs/job.ts";
import { sweepMessages } from "../domain/messages/sweep.ts";
import { ensureBuiltInSchedules } from "../domain/schedules/operations.ts";
import type { Services } from "../domain/services.ts";
import type { Handlers } from "../queue/handler.ts";
import { cleanupHandler, type Retention } from "../handlers/cleanup.ts";
import { cleanupDeliveriesHandler } from "../handlers/cleanup_deliveries.ts";
import { ContentCache } from "../sending/content_cache.ts";
import type { Outlet } from "../sending/channel_slot.ts";
import { planMessageHandler } from "../handlers/plan_message.ts";
import { retryFailedHandler } from "../handlers/retry_failed.ts";
import { sendBatchHandler } from "../handlers/send_batch.ts";
import { sendDueHandler } from "../handlers/send_due.ts";
import type { ConfiguredProvider } from "../sending/live_provider.ts";
import { openWaysOut, type WaysOut } from "../sending/provider_pool.ts";
import { startSchedule } from "../queue/schedule.ts";
import { startWorker } from "../queue/worker.ts";

const BULK_SLOTS = 2;
/** Slots of one process, by lane. */
const LANES: ReadonlyMap<Lane, number> = new Map([
  ["TRANSACTIONAL", 4],
  ["AI", 5],
  ["LEARNING", 2],
  ["BULK", BULK_SLOTS],
  ["SYSTEM", 2],
]);
// In flight per connection: one that is being sent, one that is ready to follow.
const FLYING_PER_CONNECTION = 2;
// Who has not answered until then does not hold up the end of the process.
const CLOSE_MS = 1_000;

/** What background work needs. */
export interface WorkOptions {
  /** Who takes messages, in order of preference. */
  readonly providers: readonly ConfiguredProvider[];
  /** Takes mail when no provider does. */
  readonly capture: Channel;
  readonly retention: Retention;
  /** Where people reach this installation: "https://mail.example.com". */
  readonly publicUrl: string;
}

/** Background work under way. */
export interface Work {
  /** By part, as /readyz names them. */
  readonly health: { worker(): boolean; schedule(): boolean };
  /** Ends what is in flight and gives the rest back; within 10 s. */
  stop(): Promise<void>;
}

/** Starts all background work of a process: the jobs and the schedule. */
export async function startWork(services: Services, options: WorkOptions): Promise<Work> {
  await ensureBuiltInSchedules(services);
  const waysOut = await openWaysOut(services, options.providers);
  const worker = await startWorker(services, {
    handlers: handlersOf(services, options, waysOut),
    lanes: LANES,
    sweep: () => sweepMessages(services),
  });
  const schedule = startSchedule(services);
  return {
    health: { worker: worker.healthy, schedule: schedule.healthy },
    async stop() {
      await schedule.stop();
      await worker.stop();
      await closeInTime(waysOut.close(), options.capture.close());
    },
  };
}

function handlersOf(
  services: Services,
  { capture, retention, publicUrl }: WorkOptions,
  { channels }: WaysOut,
): Handlers {
  const ways = new Map<MessageChannel, Channel>([["EMAIL", capture], ...channels]);
  const outlets = new Map([...ways].map(([name, channel]) => [name, outletOf(channel)]));
  const contents = new ContentCache(services);
  return new Map([
    ["PLAN_MESSAGE", planMessageHandler(services)],
    ["SEND_BATCH", sendBatchHandler(services, { outlets, contents, publicUrl })],
    ["SEND_DUE", sendDueHandler(services)],
    ["RETRY_FAILED", retryFailedHandler(services)],
    ["CLEANUP", cleanupHandler(services, retention)],
    ["CLEANUP_DELIVERIES", cleanupDeliveriesHandler(services)],
  ]);
}

// Asked for at each batch: a provider's limit may change.
function outletOf(channel: Channel): Outlet {
  return {
    channel,
    get window() {
      return Math.max(1, Math.floor(channel.connections * FLYING_PER_CONNECTION / BULK_SLOTS));
    },
  };
}

async function closeInTime(...closing: readonly Promise<void>[]): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, CLOSE_MS);
  await Promise.race([late, Promise.all(closing)]);
  clearTimeout(timer);
}
