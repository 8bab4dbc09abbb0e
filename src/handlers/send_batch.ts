import { z } from "zod";
import { wasAbandoned } from "../domain/deliveries/abandoned.ts";
import {
  type BatchHold,
  countSent,
  readPending,
  takeBatch,
  type TakenBatch,
} from "../domain/deliveries/take.ts";
import { jobKind } from "../domain/jobs/kinds.ts";
import {
  cancelled,
  done,
  JobFailure,
  type Outcome,
  settled,
  snooze,
} from "../domain/jobs/outcome.ts";
import { finishMessage, parkJob, pause } from "../domain/messages/flow.ts";
import type { Services } from "../domain/services.ts";
import type { JobHandler, JobRun } from "../queue/handler.ts";
import type { ContentCache } from "../sending/content_cache.ts";
import { Flight } from "../sending/batch_sender.ts";
import { outletFor, type Outlets } from "../sending/channel_slot.ts";
import { openSender } from "../sending/sender.ts";

// A batch that a slow provider holds up gives its worker slot back now and then.
const TURN_MS = 5 * 60_000;
const MAX_HELD_MS = 30_000;
// What was held up together does not come back together.
const JITTER = 0.1;

const payloadSchema = z.object({ batchId: z.uuid() });

type Obstacle = NonNullable<Flight["obstacle"]>;
type DeliveryError = Obstacle["error"];

/** What sending needs. */
export interface SendBatchOptions {
  readonly outlets: Outlets;
  readonly contents: ContentCache;
  /** Where recipients reach us, without a slash at its end. */
  readonly publicUrl: string;
}

/** SEND_BATCH: sends what waits of one batch. A second run goes on where the first one ended. */
export function sendBatchHandler(services: Services, options: SendBatchOptions): JobHandler {
  return {
    timeoutMs: jobKind("SEND_BATCH").timeoutMs,
    run: (run) => sendBatch(services, options, run),
  };
}

async function sendBatch(
  services: Services,
  options: SendBatchOptions,
  run: JobRun,
): Promise<Outcome> {
  const { job } = run;
  const { batchId } = payloadSchema.parse(job.payload);
  const hold = { jobId: job.id, fence: job.fence, batchId };
  const batch = await takeBatch(services, hold);
  if (batch.finished) await refuseAbandoned(services, batch);
  else {
    const outcome = await sendPending(services, options, run, hold, batch);
    if (outcome !== done) return outcome;
  }
  await finishMessage(services, { id: batch.messageId, organizationId: batch.organizationId });
  return done;
}

// A person has retried the job of a batch that was given up: saying "done" would be a lie.
async function refuseAbandoned(services: Services, batch: TakenBatch): Promise<void> {
  if (!await wasAbandoned(services, batch)) return;
  const message = "The batch was given up before: retryDeliveries tries its recipients again";
  throw new JobFailure("BATCH_ENDED", message, { retryable: false });
}

async function sendPending(
  services: Services,
  { outlets, contents, publicUrl }: SendBatchOptions,
  run: JobRun,
  hold: BatchHold,
  batch: TakenBatch,
): Promise<Outcome> {
  const { channel, window } = outletFor(outlets, batch.channel);
  const urgent = run.job.lane === "TRANSACTIONAL";
  // Known beforehand: nothing needs to be read and opened for it. What is urgent may pass all the same.
  const known = !urgent && batch.messageStatus === "SENDING" ? channel.obstacle : null;
  if (known?.error.disposition === "retry") return held(known);
  const content = await contents.get({
    id: batch.messageId,
    organizationId: batch.organizationId,
  });
  const pending = await readPending(services, batch);
  const sentBefore = pending.length < batch.size ? await countSent(services, batch) : 0;
  const sender = { channel, content, pending, urgent, signal: run.signal, publicUrl };
  const send = await openSender(services, batch, sender);
  const { signal, report } = run;
  const turnMs = TURN_MS;
  const plan = { services, signal, report, hold, batch, pending, sentBefore, window, turnMs, send };
  const flight = new Flight(plan);
  const status = await flight.fly();
  if (flight.complete) return done;
  if (status === "CANCELLED") {
    await flight.abandon();
    return cancelled;
  }
  run.signal.throwIfAborted();
  return await holdBack(services, run, batch, flight, status);
}

// Something of the batch still waits: for a person, for the provider, or for a moment.
async function holdBack(
  services: Services,
  { job }: JobRun,
  { messageId, organizationId }: TakenBatch,
  { obstacle, failed, waitMs }: Flight,
  status: string,
): Promise<Outcome> {
  const mending = obstacle?.error.disposition === "pause";
  if (mending) {
    const { providers, error: { message, code } } = obstacle;
    const cause = { reason: message, code, providers };
    await pause(services, { id: messageId, organizationId }, cause);
  }
  if (status === "PAUSED" || mending) {
    return await parkJob(services, job, messageId) ? settled : snooze(0);
  }
  if (!obstacle) return snooze(waitMs);
  if (!failed || obstacle.error.type === "RATE_LIMIT") return held(obstacle);
  throw providerFailure(obstacle.error);
}

// It counts as no attempt. Looked at again soon, however long the provider wants to be left alone: a
// person may mend it, or switch on another.
function held({ error: { retryAfterMs } }: Obstacle): Outcome {
  return snooze(Math.min(retryAfterMs ?? MAX_HELD_MS, MAX_HELD_MS) * (1 + JITTER * Math.random()));
}

function providerFailure({ type, code, message, retryAfterMs }: DeliveryError): JobFailure {
  return new JobFailure(type, message, { code, retryAfterMs });
}
