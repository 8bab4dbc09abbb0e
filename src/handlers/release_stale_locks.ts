import type { JobPayload } from "../domain/jobs/kinds.ts";
import { done } from "../domain/jobs/outcome.ts";
import { publishQuotes } from "../domain/quotes/publish.ts";
import { releaseStale } from "../domain/quotes/stale_locks.ts";
import type { Services } from "../domain/services.ts";
import type { JobHandler } from "../queue/handler.ts";
import { scopeOf } from "./scope.ts";

/** Creates the handler of RELEASE_STALE_LOCKS. */
export function releaseStaleLocksHandler(
  services: Services,
): JobHandler<JobPayload<"RELEASE_STALE_LOCKS">> {
  return async ({ job, report }) => {
    const quotes = await releaseStale(services.db, scopeOf(job));
    publishQuotes(services, quotes);
    const released = quotes.length;
    report({ total: released, processed: released, succeeded: released, failed: 0, skipped: 0 });
    return done;
  };
}
