import { eraseUserRows } from "../domain/erasure/erase_user.ts";
import type { JobPayload } from "../domain/jobs/kinds.ts";
import { done } from "../domain/jobs/outcome.ts";
import type { Services } from "../domain/services.ts";
import type { JobHandler } from "../queue/handler.ts";
import { countChunks } from "./count_chunks.ts";

const CHUNK = 500;

/**
 * Creates the handler of ERASE_USER: erases all data about a user, 500 rows per transaction. Each attempt continues
 * where the previous one ended.
 */
export function eraseUserHandler(services: Services): JobHandler<JobPayload<"ERASE_USER">> {
  return async (run, { userId }) => {
    await eraseUserRows(services, run.job.organizationId, userId, CHUNK, countChunks(run));
    return done;
  };
}
