import { regenerate } from "../domain/inbox/regenerate.ts";
import type { JobPayload } from "../domain/jobs/kinds.ts";
import { done } from "../domain/jobs/outcome.ts";
import type { Services } from "../domain/services.ts";
import type { JobHandler } from "../queue/handler.ts";

const CHUNK = 20;

/**
 * Creates the handler of REGENERATE_SUGGESTIONS: replaces the suggestions of threads, in chunks. Threads whose suggestion
 * a person has edited meanwhile are skipped. A further attempt continues after those that were replaced.
 */
export function regenerateSuggestionsHandler(
  services: Services,
): JobHandler<JobPayload<"REGENERATE_SUGGESTIONS">> {
  return async ({ job, signal, report }, { threadIds, instruction }) => {
    const { organizationId, userId, id: jobId } = job;
    let [processed, skipped] = [0, 0];
    for (let start = 0; start < threadIds.length; start += CHUNK) {
      signal.throwIfAborted();
      const chunk = threadIds.slice(start, start + CHUNK);
      const common = { organizationId, instruction, userId, jobId };
      const regenerated = await regenerate(services, { ...common, threadIds: chunk });
      const kept = chunk.length - regenerated.threadIds.length;
      const earlier = regenerated.skipped.filter(({ renewed }) => renewed).length;
      processed += chunk.length;
      skipped += kept - earlier;
      const total = threadIds.length;
      report({ total, processed, succeeded: processed - skipped, failed: 0, skipped });
    }
    return done;
  };
}
