import type { JobPayload } from "../domain/jobs/kinds.ts";
import { done } from "../domain/jobs/outcome.ts";
import { retryFailedMails } from "../domain/quotes/retry_mails.ts";
import type { Services } from "../domain/services.ts";
import type { JobHandler } from "../queue/handler.ts";
import { scopeOf } from "./scope.ts";

/** Creates the handler of RETRY_QUOTE_EMAILS: queues failed mails of quotes, one every 2 s. */
export function retryQuoteEmailsHandler(
  services: Services,
): JobHandler<JobPayload<"RETRY_QUOTE_EMAILS">> {
  return async ({ job, report }, retry) => {
    const queued = await retryFailedMails(services, scopeOf(job), retry);
    report({ total: queued, processed: queued, succeeded: queued, failed: 0, skipped: 0 });
    return done;
  };
}
