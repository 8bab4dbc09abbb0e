import { endDeletion, isDeleting } from "../domain/access/delete_organization.ts";
import { countRows, eraseRows } from "../domain/erasure/erase.ts";
import { cancelRunning } from "../domain/jobs/erase.ts";
import type { JobPayload } from "../domain/jobs/kinds.ts";
import { done, type Outcome, snooze } from "../domain/jobs/outcome.ts";
import { cancelActive } from "../domain/messages/erase.ts";
import type { Services } from "../domain/services.ts";
import type { JobHandler, JobRun } from "../queue/handler.ts";

const CHUNK = 1_000;
const RUNNING_JOBS_SNOOZE_MS = 1_000;

/**
 * Creates the handler of DELETE_ORGANIZATION: waits until no job of the organization runs, then deletes its rows in
 * chunks of 1,000, and finally the organization. Each attempt continues where the previous one ended.
 */
export function deleteOrganizationHandler(
  services: Services,
): JobHandler<JobPayload<"DELETE_ORGANIZATION">> {
  return (run, { organizationId }) => deleteOrganization(services, run, organizationId);
}

async function deleteOrganization(
  services: Services,
  { signal, report }: JobRun,
  organizationId: string,
): Promise<Outcome> {
  if (!await isDeleting(services.db, organizationId)) return done;
  await cancelActive(services.db, organizationId);
  let before = 0;
  let erased: number;
  // Repeated until no row is found, because a request that began before the deletion may have added rows.
  do {
    if (await cancelRunning(services, organizationId) > 0) return snooze(RUNNING_JOBS_SNOOZE_MS);
    const total = before + await countRows(services, organizationId);
    erased = await eraseRows(services, organizationId, CHUNK, (counted) => {
      signal.throwIfAborted();
      const processed = Math.min(before + counted, total);
      report({ total, processed, succeeded: processed, failed: 0, skipped: 0 });
    });
    before = total;
  } while (erased > 0);
  await endDeletion(services.db, organizationId);
  return done;
}
