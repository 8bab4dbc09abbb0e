import { z } from "zod";
import { cancelled, done, type Outcome, snooze } from "../domain/jobs/outcome.ts";
import { finishMessage } from "../domain/messages/finish.ts";
import { parkJob } from "../domain/messages/pause.ts";
import { beginPlanning, planChunk } from "../domain/messages/plan.ts";
import { jobKind } from "../domain/jobs/kinds.ts";
import { settled } from "../domain/jobs/outcome.ts";
import type { Services } from "../domain/services.ts";
import type { JobHandler, JobRun } from "../queue/handler.ts";

const payloadSchema = z.object({ messageId: z.uuid() });

/** PLAN_MESSAGE: cuts a message into batches, 5,000 recipients at a time, from where it last stood. */
export function planMessageHandler(services: Services): JobHandler {
  return {
    timeoutMs: jobKind("PLAN_MESSAGE").timeoutMs,
    run: (run) => planMessage(services, run),
  };
}

async function planMessage(services: Services, { job, signal, report }: JobRun): Promise<Outcome> {
  const { messageId } = payloadSchema.parse(job.payload);
  await beginPlanning(services, job, messageId);
  while (true) {
    signal.throwIfAborted();
    const { message, more } = await planChunk(services, job, messageId);
    // Settling finds the same and says so: the claim has ended.
    if (!message) return done;
    if (more) {
      report({
        total: message.recipientCount,
        processed: message.plannedCount,
        succeeded: message.plannedCount,
        failed: 0,
        skipped: 0,
      });
      continue;
    }
    if (message.status === "PAUSED" || message.status === "SCHEDULED") {
      return await parkJob(services, job, messageId) ? settled : snooze(0);
    }
    if (message.status === "CANCELLED") return cancelled;
    // Its last batch may have ended before the last chunk was planned.
    await finishMessage(services, message);
    return done;
  }
}
