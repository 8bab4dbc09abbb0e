import { getLogger } from "@logtape/logtape";
import type { Connection } from "../../db/database.ts";
import {
  type AddressedFeedback,
  applyFeedback,
  type ChangedDelivery,
} from "../deliveries/apply_feedback.ts";
import {
  type EventOutcome,
  findBatchJobs,
  findMentioned,
  lockBatches,
  type ProviderEvent,
  recordFeedback,
} from "../deliveries/provider_event.ts";
import { AUTOMATIC } from "../deliveries/retry.ts";
import { toTypeId } from "../id.ts";
import { wakeWorkers } from "../jobs/enqueue.ts";
import { startWaitingJobs } from "../jobs/reschedule.ts";
import type { Services } from "../services.ts";
import { recomputeStatus } from "./finish.ts";
import { isFinal, type Message } from "./message.ts";
import { beginRounds, lockMessages, publishRounds, type Round } from "./rounds.ts";

const log = getLogger(["waybill", "deliveries"]);

/**
 * Records an event of a provider: see `recordEvents`.
 *
 * @throws {ReusedTokenError} nothing is written then
 */
export async function recordEvent(
  services: Services,
  event: ProviderEvent,
): Promise<EventOutcome> {
  const [outcome] = await recordEvents(services, [event]);
  if (!outcome) throw new Error(`No outcome of event ${event.id}`);
  return outcome;
}

/**
 * Records events of providers in one transaction: see `recordFeedback`. The status of finished messages is
 * computed again, and in retry mode AUTO their next round begins; with backoff GROWING, the attempts wait.
 *
 * @returns the outcome of each event; "early" if a delivery is still in flight, so that only a report of
 *   delivery is noted
 * @throws {ReusedTokenError} none of the events is recorded then
 */
export async function recordEvents(
  services: Services,
  events: readonly ProviderEvent[],
): Promise<EventOutcome[]> {
  const { recorded, changed, rounds } = await services.db.transaction(async (tx) => {
    const mentioned = await findMentioned(tx, events);
    const messages = await lockMessages(tx, mentioned.map(({ messageId }) => messageId));
    const inFlight = await lockBatches(tx, mentioned);
    const recorded: Recorded[] = [];
    for (const event of events) {
      recorded.push({ event, ...await recordFeedback(tx, event, mentioned, inFlight) });
    }
    const feedback = recorded.flatMap((event) => event.feedback);
    const changed = feedback.length > 0 ? await applyFeedback(tx, feedback) : [];
    if (changed.length === 0) return { recorded, changed, rounds: [] };
    await recomputeStatus(tx, changed.map((delivery) => ({ ...delivery, count: 1 })));
    return { recorded, changed, rounds: await retryBounced(tx, messages, changed) };
  });
  publishRounds(services, rounds);
  await endWaits(services, changed);
  for (const event of recorded) announce(services, event, changed);
  return recorded.map(({ outcome }) => outcome);
}

interface Recorded {
  readonly event: ProviderEvent;
  readonly outcome: EventOutcome;
  readonly feedback: readonly AddressedFeedback[];
}

function announce(
  { bus }: Services,
  { event, outcome, feedback }: Recorded,
  changed: readonly ChangedDelivery[],
): void {
  const { source } = event;
  if (outcome === "ignored" && event.feedback.length === 0) {
    log.info("Ignored an event of {source}: it reports no delivery, bounce or complaint", {
      source,
    });
  } else if (outcome === "ignored") {
    log.info("Ignored an event of {source}: it names no known delivery", { source });
  }
  const ids = new Set(feedback.map(({ deliveryId }) => deliveryId));
  for (const { id, organizationId, messageId, status } of changed) {
    if (!ids.has(id)) continue;
    bus.publish("messages", organizationId, [messageId]);
    bus.publish("deliveries", organizationId, [id]);
    const deliveryId = toTypeId("delivery", id);
    log.info("Delivery {deliveryId} is {status} after an event of {source}", {
      deliveryId,
      status,
      source,
    });
  }
}

// Only the changed deliveries: others that can be retried are in a round since they failed, and a search for
// them would read all failures of the message.
async function retryBounced(
  tx: Connection,
  messages: readonly Message[],
  changed: readonly ChangedDelivery[],
): Promise<Round[]> {
  const ids = changed.filter(({ retryable }) => retryable).map(({ id }) => id);
  if (ids.length === 0) return [];
  return await beginRounds(tx, messages.filter(isFinishedAuto), { ...AUTOMATIC, filter: { ids } });
}

// A batch may wait for hours, although its last delivery has ended. Outside the transaction of the event,
// because a step locks the job before the batch.
async function endWaits(services: Services, changed: readonly ChangedDelivery[]): Promise<void> {
  const ended = changed.filter(({ status }) => status === "SENT").map(({ id }) => id);
  if (ended.length === 0) return;
  const jobIds = await findBatchJobs(services.db, ended);
  if (jobIds.length === 0) return;
  const started = await startWaitingJobs(services.db, jobIds);
  wakeWorkers(services, started.map(({ lane }) => lane));
}

// A finished message ends no further pass, so that nothing else would start its next round.
function isFinishedAuto({ status, retryMode }: Message): boolean {
  return retryMode === "AUTO" && isFinal(status) && status !== "CANCELLED";
}
