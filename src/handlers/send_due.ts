import { getLogger } from "@logtape/logtape";
import { type QueuedMails, queueDue } from "../domain/campaigns/cycle.ts";
import { readCycle, recordCycle } from "../domain/campaigns/processor.ts";
import { toTypeId } from "../domain/id.ts";
import { done } from "../domain/jobs/outcome.ts";
import type { JobPayload } from "../domain/jobs/kinds.ts";
import { writeResult } from "../domain/jobs/result.ts";
import { startDueMessages } from "../domain/messages/due.ts";
import type { Services } from "../domain/services.ts";
import type { JobHandler, JobRun } from "../queue/handler.ts";
import { scopeOf } from "./scope.ts";

// Maximum number of campaigns that the result lists; its counts include all of them.
const LISTED_MESSAGES = 1_000;
const log = getLogger(["waybill", "processor"]);

/**
 * Creates the handler of SEND_DUE, which runs one cycle: starts due messages, and queues due mails of campaigns, a
 * batch of each type in turn, until none is left.
 */
export function sendDueHandler(services: Services): JobHandler<JobPayload<"SEND_DUE">> {
  return async (run) => {
    const scope = scopeOf(run.job);
    const started = await startDueMessages(services, scope);
    const queued = await queueAll(services, scope, run);
    // A cycle that a person has started for one organization is not recorded as that of the installation.
    if (scope === null) await recordCycle(services, queued);
    await writeResult(services, run.job, resultOf(started, queued));
    logCycle(queued);
    return done;
  };
}

async function queueAll(
  services: Services,
  scope: string | null,
  { signal, report }: JobRun,
): Promise<QueuedMails[]> {
  const { batchSize } = await readCycle(services.db);
  const totals = new Map<string, QueuedMails>();
  let processed = 0;
  let turn: QueuedMails[];
  do {
    signal.throwIfAborted();
    turn = await queueDue(services, scope, batchSize);
    for (const mails of turn) {
      const { count = 0, batchCount = 0 } = totals.get(mails.messageId) ?? {};
      totals.set(mails.messageId, {
        ...mails,
        count: mails.count + count,
        batchCount: mails.batchCount + batchCount,
      });
      processed += mails.count;
    }
    report({ total: null, processed, succeeded: processed, failed: 0, skipped: 0 });
  } while (turn.length > 0);
  return [...totals.values()];
}

/** @param started number of scheduled messages, which are planned by jobs of their own */
function resultOf(started: number, queued: readonly QueuedMails[]) {
  return {
    messageCount: started + queued.length,
    recipientCount: queued.reduce((sum, { count }) => sum + count, 0),
    batchCount: queued.reduce((sum, { batchCount }) => sum + batchCount, 0),
    messages: queued.slice(0, LISTED_MESSAGES).map(({ messageId, title, count, batchCount }) => ({
      messageId: toTypeId("message", messageId),
      title,
      recipientCount: count,
      batchCount,
    })),
  };
}

function logCycle(queued: readonly QueuedMails[]): void {
  if (queued.length === 0) return void log.info("Cycle queued 0 mails: none is due");
  const byType = new Map<string, number>();
  for (const { type, count } of queued) byType.set(type, (byType.get(type) ?? 0) + count);
  const count = queued.reduce((sum, mails) => sum + mails.count, 0);
  const types = [...byType].map(([type, count]) => `${type} ${count}`).join(", ");
  log.info("Cycle queued {count} mails: {types}", { count, types });
}
