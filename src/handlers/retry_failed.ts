import { toTypeId } from "../domain/id.ts";
import { jobKind } from "../domain/jobs/kinds.ts";
import { done, jobError, type Outcome } from "../domain/jobs/outcome.ts";
import { writeResult } from "../domain/jobs/result.ts";
import type { Round } from "../domain/messages/rounds.ts";
import { retryScheduled } from "../domain/messages/scheduled_retry.ts";
import { recordFire } from "../domain/schedules/operations.ts";
import type { Services } from "../domain/services.ts";
import type { JobHandler, JobRun } from "../queue/handler.ts";
import { scopeOf } from "./scope.ts";

// Said of so many messages one by one; the sums are of all.
const TOLD_MESSAGES = 1_000;

/** RETRY_FAILED: tries again what failed of the messages that are retried by schedule. */
export function retryFailedHandler(services: Services): JobHandler {
  return {
    timeoutMs: jobKind("RETRY_FAILED").timeoutMs,
    run: (run) => retryFailed(services, run),
  };
}

async function retryFailed(services: Services, { job, signal, report }: JobRun): Promise<Outcome> {
  const rounds: Round[] = [];
  let messageCount = 0;
  let recipientCount = 0;
  const note = async (begun: readonly Round[]) => {
    rounds.push(...begun.slice(0, TOLD_MESSAGES - rounds.length));
    messageCount += begun.length;
    recipientCount += begun.reduce((sum, round) => sum + round.recipientCount, 0);
    // After each step: should this one end now, it is known what was begun.
    await writeResult(services, job, { messageCount, recipientCount, messages: rounds.map(told) });
    report({
      total: null,
      processed: messageCount,
      succeeded: messageCount,
      failed: 0,
      skipped: 0,
    });
    signal.throwIfAborted();
  };
  try {
    // A fire that finds nothing says so.
    await note([]);
    await retryScheduled(services, scopeOf(job), note);
  } catch (error) {
    const counts = { processedCount: messageCount, recipientCount };
    await recordFire(services, job.id, { outcome: "FAILED", ...counts, error: jobError(error) });
    throw error;
  }
  const counts = { processedCount: messageCount, recipientCount };
  await recordFire(services, job.id, { outcome: "COMPLETED", ...counts, error: null });
  return done;
}

function told({ message, round, recipientCount, batchCount, startNumber }: Round) {
  return {
    messageId: toTypeId("message", message.id),
    title: message.title,
    round,
    recipientCount,
    batchCount,
    startNumber,
  };
}
