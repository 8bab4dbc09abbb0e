import { alreadySettled, cancelled, done, type Outcome, snooze } from "../domain/jobs/outcome.ts";
import { finishMessage } from "../domain/messages/finish.ts";
import { parkJob } from "../domain/messages/pause.ts";
import { beginPlanning, planChunk } from "../domain/messages/plan.ts";
import type { JobPayload } from "../domain/jobs/kinds.ts";
import type { Services } from "../domain/services.ts";
import type { JobHandler, JobRun } from "../queue/handler.ts";

/**
 * Creates the handler of PLAN_MESSAGE: cuts a message into batches, 5,000 recipients per transaction,
 * and continues where the previous attempt ended.
 */
export function planMessageHandler(services: Services): JobHandler<JobPayload<"PLAN_MESSAGE">> {
  return (run, { messageId }) => planMessage(services, run, messageId);
}

async function planMessage(
  services: Services,
  { job, signal, report }: JobRun,
  messageId: string,
): Promise<Outcome> {
  await beginPlanning(services, job, messageId);
  let processedBefore: number | undefined;
  while (true) {
    signal.throwIfAborted();
    const { message, more } = await planChunk(services, job, messageId);
    // The claim has ended, so that settling will change nothing and log a warning.
    if (!message) return done;
    if (more) {
      processedBefore ??= message.plannedCount;
      report({
        total: message.recipientCount,
        processed: message.plannedCount,
        processedBefore,
        succeeded: message.plannedCount,
        failed: 0,
        skipped: 0,
      });
      continue;
    }
    if (message.status === "PAUSED" || message.status === "SCHEDULED") {
      return await parkJob(services, job, messageId) ? alreadySettled : snooze(0);
    }
    if (message.status === "CANCELLED") return cancelled;
    // The last batch may have ended before the last chunk was planned.
    await finishMessage(services, message);
    return done;
  }
}
