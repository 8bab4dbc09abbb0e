import { getLogger } from "@logtape/logtape";
import { wasAbandoned } from "../domain/deliveries/abandoned.ts";
import {
  type BatchClaim,
  countEnded,
  NONE_ENDED,
  type TakenBatch,
} from "../domain/deliveries/take.ts";
import { toTypeId } from "../domain/id.ts";
import type { JobPayload } from "../domain/jobs/kinds.ts";
import { toLogText } from "../domain/log_text.ts";
import {
  alreadySettled,
  cancelled,
  done,
  JobFailure,
  type JobWait,
  type Outcome,
  snooze,
} from "../domain/jobs/outcome.ts";
import { parkJob, pause } from "../domain/messages/pause.ts";
import { publishMailedQuote } from "../domain/quotes/live_mails.ts";
import type { Services } from "../domain/services.ts";
import type { JobHandler, JobRun } from "../queue/handler.ts";
import { type ContentCache, messageContent } from "../sending/content_cache.ts";
import type { BatchResult } from "../sending/batch_result.ts";
import { BatchSender } from "../sending/batch_sender.ts";
import { type BatchStatements, groupStatements } from "../sending/batch_statements.ts";
import { prepareDeliverySender } from "../sending/delivery_sender.ts";
import { MovingTimes } from "../sending/moving_time.ts";
import { type ChannelSlots, slotFor } from "../sending/provider_pool.ts";

// Maximum duration of a run, so that other jobs get the worker slot even if the provider is slow.
const MAX_RUN_MS = 5 * 60_000;
const MAX_SNOOZE_MS = 30_000;
// Short wait after a failure that has not opened the circuit, because the provider may be tried again at once.
const CLOSED_CIRCUIT_SNOOZE_MS = 2_000;
// Jitter, so that batches that wait for the same reason do not all resume at once.
const JITTER = 0.1;
const log = getLogger(["waybill", "deliveries"]);

type Obstacle = Extract<BatchResult, { type: "obstructed" }>["obstacle"];

/** Options of sending batches. */
export interface SendBatchOptions {
  readonly slots: ChannelSlots;
  readonly contents: ContentCache;
  /** Batches that are being sent; the handler adds and removes its own. */
  readonly sending: Set<BatchSender>;
  /** URL at which recipients reach this installation, without a trailing slash. */
  readonly publicUrl: string;
}

/**
 * Creates the handler of SEND_BATCH: sends the PENDING deliveries of one batch. Each attempt continues
 * where the previous one ended.
 */
export function sendBatchHandler(
  services: Services,
  options: SendBatchOptions,
): JobHandler<JobPayload<"SEND_BATCH">> {
  const movingTimes = new MovingTimes(services);
  // Separate, so that TRANSACTIONAL batches do not wait for statements of BULK batches.
  const urgent = groupStatements(services);
  const normal = groupStatements(services);
  return (run, { batchId }) => {
    const statements = isUrgent(run) ? urgent : normal;
    return sendBatch(services, { ...options, movingTimes, statements }, run, batchId);
  };
}

type Sending = SendBatchOptions & {
  readonly movingTimes: MovingTimes;
  readonly statements: BatchStatements;
};

function isUrgent({ job }: JobRun): boolean {
  return job.lane === "TRANSACTIONAL";
}

async function sendBatch(
  services: Services,
  options: Sending,
  run: JobRun,
  batchId: string,
): Promise<Outcome> {
  const { job } = run;
  const claim = { jobId: job.id, fence: job.fence, batchId };
  const batch = await options.statements.take(claim);
  if (batch.finished) await refuseAbandoned(services, batch);
  else {
    const outcome = await sendPending(services, options, run, claim, batch);
    // The topic of these jobs is the type of the message.
    await publishMailedQuote(services, batch, job.topic);
    if (outcome !== done) return outcome;
  }
  await options.statements.finish({ id: batch.messageId, organizationId: batch.organizationId });
  return done;
}

// The job of an abandoned batch was retried. It must fail, because the batch is not sent.
async function refuseAbandoned(services: Services, batch: TakenBatch): Promise<void> {
  if (!await wasAbandoned(services, batch)) return;
  const message = "Cannot send the batch: it was ended when its job failed or was cancelled; " +
    "use retryDeliveries for its recipients";
  throw new JobFailure("BATCH_ENDED", message, { retryable: false });
}

async function sendPending(
  services: Services,
  { slots, contents, sending, publicUrl, movingTimes, statements }: Sending,
  run: JobRun,
  claim: BatchClaim,
  batch: TakenBatch,
): Promise<Outcome> {
  const { job, signal, report } = run;
  const { channel, window, windows } = slotFor(slots, batch.channel);
  const urgent = isUrgent(run);
  // Checked before the batch is read, to save the reads. Some reasons to wait do not apply to TRANSACTIONAL mail.
  const obstacle = !urgent && batch.messageStatus === "SENDING" ? channel.obstacle : null;
  if (obstacle?.error.disposition === "retry") return snoozeFor(obstacle);
  const { messageId: id, organizationId } = batch;
  const message = batch.content
    ? messageContent(batch.content)
    : await contents.get({ id, organizationId }, batch.contentVersion);
  const pending = await statements.readPending(batch);
  const before = pending.length < batch.size ? await countEnded(services, batch) : NONE_ENDED;
  const addresses = pending.map(({ address }) => address);
  const suppressed = statements.findSuppressed({ message: batch, addresses });
  const send = await prepareDeliverySender(services, batch, {
    channel,
    ...message,
    suppressed,
    urgent,
    signal,
    publicUrl,
  });
  const moving = movingTimes.of(batch.messageId);
  const sender = new BatchSender({
    services,
    statements,
    signal,
    report,
    claim,
    batch,
    pending,
    before,
    window,
    places: urgent ? windows.urgent : windows.normal,
    maxRunMs: MAX_RUN_MS,
    moving,
    send,
  });
  sending.add(sender);
  const result = await sender.run().finally(() => {
    sending.delete(sender);
    return moving.written();
  });
  if (result.type === "aborted") throw signal.reason;
  return await concludeRun(services, job, batch, result);
}

async function concludeRun(
  services: Services,
  job: JobRun["job"],
  batch: TakenBatch,
  result: Exclude<BatchResult, { type: "aborted" }>,
): Promise<Outcome> {
  switch (result.type) {
    case "complete":
      return done;
    case "cancelled":
      return cancelled;
    case "paused":
      return await park(services, job, batch);
    case "waiting":
      return snooze(result.waitMs, { reason: "BACKOFF", providerId: null });
    case "obstructed":
      return await obstruct(services, job, batch, result.obstacle);
  }
}

async function obstruct(
  services: Services,
  job: JobRun["job"],
  batch: TakenBatch,
  obstacle: Obstacle,
): Promise<Outcome> {
  const { providers, error: { code, message, disposition } } = obstacle;
  if (disposition === "retry") return snoozeFor(obstacle);
  const { messageId: id, organizationId } = batch;
  const paused = await pause(services, { id, organizationId }, {
    reason: message,
    code,
    providers,
  });
  if (paused) {
    log.warn("Message {messageId} is paused: {reason}", {
      messageId: toTypeId("message", id),
      reason: toLogText(message),
    });
  }
  return await park(services, job, batch);
}

async function park(
  services: Services,
  job: JobRun["job"],
  { messageId }: TakenBatch,
): Promise<Outcome> {
  return await parkJob(services, job, messageId) ? alreadySettled : snooze(0);
}

// A snooze uses no attempt of the job, so that no outage ends the batch. It is short even if the provider
// asked for a longer wait, because an operator may have fixed the provider or enabled another one.
function snoozeFor(obstacle: Obstacle): Outcome {
  const { error, providerId } = obstacle;
  const defaultMs = providerId === undefined ? MAX_SNOOZE_MS : CLOSED_CIRCUIT_SNOOZE_MS;
  const waitMs = Math.min(error.retryAfterMs ?? defaultMs, MAX_SNOOZE_MS);
  return snooze(waitMs * (1 + JITTER * Math.random()), waitFor(obstacle));
}

// An obstacle without a provider, and an error of this process, last for a second: they need no explanation.
function waitFor({ error: { type }, providerId }: Obstacle): JobWait | null {
  if (providerId === undefined || type === "OTHER") return null;
  return { reason: type === "RATE_LIMIT" ? "RATE_LIMIT" : "PROVIDER_OPEN", providerId };
}
