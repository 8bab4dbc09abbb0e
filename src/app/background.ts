import { getLogger } from "@logtape/logtape";
import { openCaptureChannel } from "../channels/capture.ts";
import type { Channel } from "../channels/channel.ts";
import { openWebhookClient } from "../channels/webhook/webhook_client.ts";
import type { Config } from "../config/config.ts";
import { compactAiStats } from "../domain/ai_usage/stats.ts";
import { sweepCalls } from "../domain/ai_usage/sweep.ts";
import { failStaleImports } from "../domain/audiences/import.ts";
import { rollUpDeliveryMinutes } from "../domain/deliveries/minutes.ts";
import { isHeld } from "../domain/hold.ts";
import { JOB_KINDS } from "../domain/jobs/kinds.ts";
import type { LaneSlots } from "../domain/jobs/lane.ts";
import { compactJobStats } from "../domain/jobs/stats.ts";
import {
  type ChannelProviders,
  continueRecovered,
  resumeForNewProviders,
} from "../domain/messages/recover.ts";
import { sweepBulkActions } from "../domain/bulk_actions/sweep.ts";
import { closeEndedRuns } from "../domain/learning/turn.ts";
import { sweepMessages } from "../domain/messages/sweep.ts";
import { pruneAccepted } from "../domain/providers/send_rate.ts";
import { sweepQuotes } from "../domain/quotes/ended_jobs.ts";
import { mailNotifications } from "../domain/messages/notification_mail.ts";
import { deliverNotifications } from "../domain/notifications/deliver.ts";
import { rollUpProblems } from "../domain/problems/roll_up.ts";
import { prepareEmbeddings } from "../domain/knowledge/embeddings.ts";
import { sweepFacts } from "../domain/knowledge/embed.ts";
import { ensureBuiltInSchedules } from "../domain/schedules/built_in.ts";
import type { Services } from "../domain/services.ts";
import { removeListeners } from "../domain/webhooks/listeners.ts";
import { sweepOutbox } from "../domain/webhooks/sweep.ts";
import { endStep, STOP } from "../domain/stop.ts";
import type { Retention } from "../handlers/cleanup.ts";
import { createHandlers } from "../handlers/registry.ts";
import { every, type RepeatedTask } from "../queue/every.ts";
import { bindHandlers } from "../queue/handler.ts";
import { startLaneControl } from "../queue/lane_control.ts";
import { startSchedule } from "../queue/schedule.ts";
import { startWorker } from "../queue/worker.ts";
import { ContentCache } from "../sending/content_cache.ts";
import type { BatchSender } from "../sending/batch_sender.ts";
import { LiveModelCaller } from "../sending/ask_model.ts";
import type { Registered, RegisteredProvider } from "../sending/configured_provider.ts";
import { type ConfiguredModel, LiveModel } from "../sending/live_model.ts";
import { LiveEmbedder } from "../sending/live_embedder.ts";
import { openProviderPool } from "../sending/provider_pool.ts";
import { WebhookSender } from "../sending/webhook_sender.ts";
import type { HealthCheck } from "../server/ops/health.ts";
import { logProcessor } from "./processor_log.ts";
import type { OpenedServices } from "./services.ts";

const REFRESH_PROVIDERS_MS = 5_000;
const ROLL_UP_MS = 60_000;
const COUNT_PROBLEMS_MS = 1_000;
const COUNT_JOBS_MS = 2_000;
const NOTIFY_MS = 1_000;
const MAIL_NOTIFICATIONS_MS = 5_000;
const SWEEP_OUTBOX_MS = 500;
const EMBED_FACTS_MS = 60_000;
const REMOVE_LISTENERS_MS = 30_000;
// Maximum wait for replies to QUIT.
const QUIT_MS = 1_000;
const log = getLogger(["waybill"]);

/** Options of the background work of one process. */
export interface BackgroundOptions {
  readonly lanes: LaneSlots;
  /** In order of preference. */
  readonly providers: readonly RegisteredProvider[];
  /** Null: no language model is configured. */
  readonly model: Registered<ConfiguredModel> | null;
  /** Model of the same server for embeddings; null or absent: none. */
  readonly embeddingModel?: string | null;
  /** Channel for emails while no provider is configured. */
  readonly capture: Channel;
  readonly retention: Retention;
  /** Whether events are sent to addresses inside the private network, too. */
  readonly webhookAllowPrivate: boolean;
  /** URL at which recipients reach this installation: "https://mail.example.com". */
  readonly publicUrl: string;
  /** Returns the longest delay of the event loop since the last call, in ms; absent: not measured. */
  readonly eventLoopDelay?: () => number;
}

/** Running background work. */
export interface Background {
  /** Health checks by the names that /readyz shows. */
  readonly health: Readonly<Record<"worker" | "schedule", HealthCheck>>;
  /**
   * Waits for deliveries in flight, and requeues unfinished jobs, by the deadlines of `STOP`.
   *
   * @returns false if results of deliveries or jobs could not be recorded
   */
  stop(): Promise<boolean>;
}

/** Starts all background work of a process by its settings. */
export function startConfiguredBackground(
  { services, providers, model }: OpenedServices,
  config: Config,
  eventLoopDelay: () => number,
): Promise<Background> {
  const { lanes, retention, dataDir, mail, webhookAllowPrivate } = config;
  const hour = 60 * 60_000;
  return startBackground(services, {
    lanes,
    providers,
    model,
    embeddingModel: config.model?.embeddingModel,
    eventLoopDelay,
    capture: openCaptureChannel(dataDir, mail.from),
    publicUrl: publicUrlOf(config),
    webhookAllowPrivate,
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
    log.warn("PUBLIC_URL is missing: unsubscribe links work on {host} only", { host });
  }
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Starts the provider pool, the worker and the schedule. */
export async function startBackground(
  services: Services,
  options: BackgroundOptions,
): Promise<Background> {
  const { providers, capture, lanes, eventLoopDelay } = options;
  await ensureBuiltInSchedules(services);
  const laneControl = await startLaneControl(services, lanes);
  // Batches that are sent concurrently share the connections of a provider.
  const batches = lanes.get("BULK") ?? lanes.get("TRANSACTIONAL") ?? 1;
  const pool = await openProviderPool(services, providers, { capture, batches });
  const model = options.model && await LiveModel.open(services, options.model);
  const refreshing = every(REFRESH_PROVIDERS_MS, "Reading the providers", async () => {
    await pool.refresh();
    await model?.refresh();
  });
  const contents = new ContentCache(services);
  const sending = new Set<BatchSender>();
  const webhooks = openWebhookClient({
    allowPrivate: options.webhookAllowPrivate,
    version: services.settings?.version ?? "0",
  });
  const { embeddingModel = null } = options;
  const embedder = model && embeddingModel && await prepareEmbeddings(services.db)
    ? new LiveEmbedder(services, model, embeddingModel)
    : undefined;
  const handlers = createHandlers({ ...services, embedder }, {
    ...options,
    slots: pool.slots,
    modelCaller: new LiveModelCaller(services, model),
    contents,
    sending,
    openWebhookSender: (claim, signal) => new WebhookSender(services, webhooks, claim, signal),
  });
  // Once, and not on hold: the messages of a restored database continue only after its release.
  let resumed = false;
  const resume = async () => {
    if (resumed || await isHeld(services.db)) return;
    await continueRecovered(services);
    await resumeForNewProviders(services, byChannel(providers));
    resumed = true;
  };
  const worker = await startWorker(services, {
    handlers: bindHandlers(JOB_KINDS, handlers),
    lanes: laneControl.slots,
    eventLoopDelay,
    async sweep() {
      await failStaleImports(services);
      if (await isHeld(services.db)) return;
      await resume();
      await sweepMessages(services);
      await sweepBulkActions(services);
      await closeEndedRuns(services, null);
      await sweepQuotes(services);
    },
  });
  const schedule = startSchedule(services);
  const counting = startCounting(services);
  const logProcessorStop = await logProcessor(services, lanes);
  const notifying = startNotifying(services, options.publicUrl);
  const sweepingOutbox = every(
    SWEEP_OUTBOX_MS,
    "Looking for events to deliver",
    () => sweepOutbox(services),
  );
  const embedding = every(
    EMBED_FACTS_MS,
    "Looking for facts without an embedding",
    async () => {
      if (embedder) await sweepFacts(services, embedder.model);
    },
  );
  const removingListeners = every(
    REMOVE_LISTENERS_MS,
    "Removing listeners of processes that have died",
    () => removeListeners(services),
  );
  await resume();
  return {
    health: {
      worker: () =>
        worker.healthy() && refreshing.healthy() ||
        { reason: "A loop or task of the worker has not succeeded for 10 s or more" },
      schedule: () =>
        schedule.healthy() || { reason: "Due schedules could not be read for 10 s or more" },
    },
    async stop() {
      const stoppedAt = performance.now();
      logProcessorStop();
      const tasks = [
        schedule,
        refreshing,
        laneControl,
        sweepingOutbox,
        embedding,
        removingListeners,
        ...counting,
        ...notifying,
      ];
      const repeated = Promise.all(tasks.map((task) => task.stop()));
      const jobsRecorded = await worker.stop();
      const recorded = allRecorded(sending) && jobsRecorded;
      webhooks.close();
      await endStep("Ending the schedule", stoppedAt + STOP.released, repeated);
      const quitBy = Math.min(performance.now() + QUIT_MS, stoppedAt + STOP.disconnected);
      const closing = Promise.all([pool.close(), model?.close()]);
      await endStep("Closing the connections to providers", quitBy, closing);
      return recorded;
    },
  };
}

/** Starts the tasks that count deliveries, jobs and problems for the lists and the overview. */
function startCounting(services: Services): RepeatedTask[] {
  return [
    every(COUNT_JOBS_MS, "Counting ended jobs", () => compactJobStats(services)),
    every(COUNT_JOBS_MS, "Counting calls of the model", () => compactAiStats(services)),
    every(COUNT_PROBLEMS_MS, "Counting problems", () => rollUpProblems(services)),
    every(ROLL_UP_MS, "Rolling up the counts by minute", async () => {
      await rollUpDeliveryMinutes(services);
      await pruneAccepted(services);
    }),
    every(ROLL_UP_MS, "Sweeping calls of the model", () => sweepCalls(services)),
  ];
}

/** Starts the tasks that notify users of events. */
function startNotifying(services: Services, publicUrl: string): RepeatedTask[] {
  return [
    every(NOTIFY_MS, "Delivering notifications", () => deliverNotifications(services)),
    every(
      MAIL_NOTIFICATIONS_MS,
      "Mailing notifications",
      () => mailNotifications(services, publicUrl),
    ),
  ];
}

function byChannel(providers: readonly RegisteredProvider[]): ChannelProviders[] {
  const groups = Map.groupBy(providers, ({ configured: { channel } }) => channel);
  return [...groups].map(([channel, ofChannel]) => ({
    channel,
    providerIds: ofChannel.map(({ state }) => state.id),
  }));
}

function allRecorded(sending: ReadonlySet<BatchSender>): boolean {
  const deliveries = sending.values().reduce((sum, { listed }) => sum + listed, 0);
  if (deliveries === 0) return true;
  log.error("Results of {deliveries} deliveries are not recorded; they become UNKNOWN", {
    deliveries,
  });
  return false;
}
