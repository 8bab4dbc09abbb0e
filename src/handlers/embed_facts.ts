import type { JobPayload } from "../domain/jobs/kinds.ts";
import { done } from "../domain/jobs/outcome.ts";
import { embedNextFacts } from "../domain/knowledge/embed.ts";
import type { Services } from "../domain/services.ts";
import type { JobHandler } from "../queue/handler.ts";
import { withModel } from "./with_model.ts";

/**
 * Creates the handler of EMBED_FACTS: requests the embeddings of facts that have none, in batches. Each batch is
 * stored, so that a further attempt continues after it.
 */
export function embedFactsHandler(
  services: Services,
): JobHandler<JobPayload<"EMBED_FACTS">> {
  return withModel(async ({ job, signal }) => {
    const { embedder } = services;
    const scope = { organizationId: job.organizationId, jobId: job.id };
    while (embedder && await embedNextFacts(services, embedder, scope, signal) > 0) {
      signal.throwIfAborted();
    }
    return done;
  });
}
