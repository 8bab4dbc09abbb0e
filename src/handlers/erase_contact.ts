import { eraseContactRows } from "../domain/erasure/erase_contact.ts";
import type { JobPayload } from "../domain/jobs/kinds.ts";
import { done } from "../domain/jobs/outcome.ts";
import type { Services } from "../domain/services.ts";
import type { JobHandler } from "../queue/handler.ts";
import { countChunks } from "./count_chunks.ts";

const CHUNK = 500;

/**
 * Creates the handler of ERASE_CONTACT: erases all data about a contact, 500 rows per transaction. Each attempt
 * continues where the previous one ended.
 */
export function eraseContactHandler(services: Services): JobHandler<JobPayload<"ERASE_CONTACT">> {
  return async (run, { contactId }) => {
    const { organizationId } = run.job;
    await eraseContactRows(services, organizationId, contactId, CHUNK, countChunks(run));
    return done;
  };
}
