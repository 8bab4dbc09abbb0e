import { toTypeId } from "../domain/id.ts";
import type { JobPayload } from "../domain/jobs/kinds.ts";
import { done, type Outcome } from "../domain/jobs/outcome.ts";
import { writeResult } from "../domain/jobs/result.ts";
import type { Round } from "../domain/messages/rounds.ts";
import { retryScheduled } from "../domain/messages/scheduled_retry.ts";
import type { Services } from "../domain/services.ts";
import type { JobHandler, JobRun } from "../queue/handler.ts";
import { scopeOf } from "./scope.ts";

// Maximum number of messages that the result lists; its counts include all messages.
const LISTED_MESSAGES = 1_000;

/** Creates the handler of RETRY_FAILED: retries failed deliveries of messages in retry mode CRON. */
export function retryFailedHandler(services: Services): JobHandler<JobPayload<"RETRY_FAILED">> {
  return (run) => retryFailed(services, run);
}

async function retryFailed(services: Services, { job, signal, report }: JobRun): Promise<Outcome> {
  const rounds: Round[] = [];
  let messageCount = 0;
  let recipientCount = 0;
  let batchCount = 0;
  const addRounds = async (begun: readonly Round[]) => {
    rounds.push(...begun.slice(0, LISTED_MESSAGES - rounds.length));
    messageCount += begun.length;
    recipientCount += begun.reduce((sum, round) => sum + round.recipientCount, 0);
    batchCount += begun.reduce((sum, round) => sum + round.batchCount, 0);
    // Written after each chunk, so that a job that crashes leaves a result.
    const messages = rounds.map(resultOf);
    await writeResult(services, job, { messageCount, recipientCount, batchCount, messages });
    report({
      total: null,
      processed: messageCount,
      succeeded: messageCount,
      failed: 0,
      skipped: 0,
    });
    signal.throwIfAborted();
  };
  // Also written if no message was found.
  await addRounds([]);
  await retryScheduled(services, scopeOf(job), addRounds);
  return done;
}

function resultOf({ message, round, recipientCount, batchCount, startNumber }: Round) {
  return {
    messageId: toTypeId("message", message.id),
    title: message.title,
    round,
    recipientCount,
    batchCount,
    startNumber,
  };
}
