import { type RecipientRange, removeRecipients } from "../domain/audiences/remove_recipients.ts";
import { done } from "../domain/jobs/outcome.ts";
import type { JobPayload } from "../domain/jobs/kinds.ts";
import type { Services } from "../domain/services.ts";
import type { JobHandler } from "../queue/handler.ts";

/**
 * Creates the handler of REMOVE_RECIPIENTS: removes the recipients of a deleted audience or of a failed import, 10,000
 * per transaction. After a crash it starts again; completed steps find no rows.
 */
export function removeRecipientsHandler(
  services: Services,
): JobHandler<JobPayload<"REMOVE_RECIPIENTS">> {
  return async ({ job, signal, report }, range) => {
    const total = range.last - range.after;
    let rest: RecipientRange | null = range;
    while (rest) {
      signal.throwIfAborted();
      rest = await removeRecipients(services, job.organizationId, rest);
      const processed = rest ? rest.after - range.after : total;
      report({ total, processed, succeeded: processed, failed: 0, skipped: 0 });
    }
    return done;
  };
}
