import type { JobPayload } from "../domain/jobs/kinds.ts";
import { done } from "../domain/jobs/outcome.ts";
import { processPending } from "../domain/quotes/process.ts";
import type { Services } from "../domain/services.ts";
import type { JobHandler } from "../queue/handler.ts";
import { scopeOf } from "./scope.ts";

/** Creates the handler of PROCESS_QUOTES: queues the oldest PENDING quotes, and releases stale locks. */
export function processQuotesHandler(services: Services): JobHandler<JobPayload<"PROCESS_QUOTES">> {
  return async ({ job, report }, { limit }) => {
    const queued = await processPending(services, scopeOf(job), limit);
    report({ total: queued, processed: queued, succeeded: queued, failed: 0, skipped: 0 });
    return done;
  };
}
