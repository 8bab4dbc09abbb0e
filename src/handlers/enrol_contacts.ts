import { enrolPage, FIRST_CONTACT } from "../domain/campaigns/enrol_existing.ts";
import type { JobPayload } from "../domain/jobs/kinds.ts";
import { done } from "../domain/jobs/outcome.ts";
import type { Services } from "../domain/services.ts";
import type { JobHandler } from "../queue/handler.ts";

/** Creates the handler of ENROL_CONTACTS: enrols the existing contacts in a campaign, 1,000 per transaction. */
export function enrolContactsHandler(services: Services): JobHandler<JobPayload<"ENROL_CONTACTS">> {
  return async ({ job, signal, report }, { campaignId }) => {
    let [processed, succeeded] = [0, 0];
    let after: string | null = FIRST_CONTACT;
    while (after !== null) {
      signal.throwIfAborted();
      const { read, enrolled, last } = await enrolPage(
        services,
        job.organizationId,
        campaignId,
        after,
      );
      processed += read;
      succeeded += enrolled;
      after = last;
      report({ total: null, processed, succeeded, failed: 0, skipped: processed - succeeded });
    }
    return done;
  };
}
