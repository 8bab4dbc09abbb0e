import type { JobPayload } from "../domain/jobs/kinds.ts";
import { done, snooze } from "../domain/jobs/outcome.ts";
import type { JobHandler } from "../queue/handler.ts";
import type { OpenWebhookSender } from "../sending/webhook_sender.ts";

// Maximum duration of a run, so that other endpoints get the worker slot.
const MAX_RUN_MS = 30_000;

/**
 * Creates the handler of DELIVER_EVENTS: delivers what is due for an endpoint. Failed calls are attempted again by a
 * later job, which `sweepOutbox` enqueues when they are due.
 */
export function deliverEventsHandler(
  openSender: OpenWebhookSender,
): JobHandler<JobPayload<"DELIVER_EVENTS">> {
  return async ({ job, signal }, { endpointId }) => {
    const { id: jobId, fence, organizationId } = job;
    const sender = openSender({ jobId, fence, endpointId, organizationId }, signal);
    return await sender.run(MAX_RUN_MS) ? snooze(0) : done;
  };
}
