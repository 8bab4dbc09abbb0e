import { getLogger } from "@logtape/logtape";
import type { Connection } from "../../db/database.ts";
import type { ChangedDelivery } from "../deliveries/apply_feedback.ts";
import {
  type EventOutcome,
  findBatchJobs,
  findMentioned,
  type ProviderEvent,
  recordFeedback,
} from "../deliveries/provider_event.ts";
import { AUTOMATIC } from "../deliveries/retry.ts";
import { toTypeId } from "../id.ts";
import { wakeWorkers } from "../jobs/enqueue.ts";
import { startJobsNow } from "../jobs/reschedule.ts";
import type { Services } from "../services.ts";
import { recomputeStatus } from "./finish.ts";
import { isFinal, type Message } from "./message.ts";
import { beginRounds, lockMessages, publishRounds, type Round } from "./rounds.ts";

const log = getLogger(["waybill", "deliveries"]);

/**
 * Records an event of a provider: see `recordFeedback`. The status of a finished message is computed
 * again, and in retry mode AUTO its next round begins; with backoff GROWING, the attempts wait.
 *
 * @returns "early" if a delivery is still in flight; only a report of delivery is noted then
 * @throws {ReusedTokenError} nothing is written then
 */
export async function recordEvent(
  services: Services,
  event: ProviderEvent,
): Promise<EventOutcome> {
  const { outcome, changed, rounds } = await services.db.transaction(async (tx) => {
    const mentioned = await findMentioned(tx, event);
    const messageIds = mentioned.map(({ messageId }) => messageId);
    const messages = await lockMessages(tx, messageIds);
    const recorded = await recordFeedback(tx, event, mentioned);
    if (recorded.changed.length === 0) return { ...recorded, rounds: [] };
    await recomputeStatus(tx, recorded.changed.map((delivery) => ({ ...delivery, count: 1 })));
    return { ...recorded, rounds: await retryBounced(tx, messages, recorded.changed) };
  });
  publishRounds(services, rounds);
  await endWaits(services, changed);
  const { source } = event;
  if (outcome === "ignored" && event.feedback.length === 0) {
    log.info("Ignored an event of {source}: it reports no delivery, bounce or complaint", {
      source,
    });
  } else if (outcome === "ignored") {
    log.info("Ignored an event of {source}: it names no known delivery", { source });
  }
  for (const { id, organizationId, messageId, status } of changed) {
    services.bus.publish("messages", organizationId, [messageId]);
    services.bus.publish("deliveries", organizationId, [id]);
    const deliveryId = toTypeId("delivery", id);
    log.info("Delivery {deliveryId} is {status} after an event of {source}", {
      deliveryId,
      status,
      source,
    });
  }
  return outcome;
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
  if (jobIds.length > 0) wakeWorkers(services, await startJobsNow(services.db, jobIds));
}

// A finished message ends no further pass, so that nothing else would start its next round.
function isFinishedAuto({ status, retryMode }: Message): boolean {
  return retryMode === "AUTO" && isFinal(status) && status !== "CANCELLED";
}
