import type { Embedder } from "../embedder.ts";
import { enqueueJobs, wakeWorkers } from "../jobs/enqueue.ts";
import { JOB_KINDS } from "../jobs/kinds.ts";
import type { Services } from "../services.ts";
import {
  factsWithoutEmbedding,
  organizationsWithoutEmbeddings,
  storeEmbeddings,
} from "./embeddings.ts";

const BATCH = 100;
// A few thousand tokens, within the limit of every embedding model.
const MAX_TEXT = 8_000;

/** Enqueues a job for each organization that has facts without an embedding, unless one is unfinished. */
export async function sweepFacts(services: Services, model: string): Promise<void> {
  const organizationIds = await organizationsWithoutEmbeddings(services.db, model);
  const jobs = await enqueueJobs(
    services.db,
    organizationIds.map((organizationId) => ({
      organizationId,
      userId: null,
      kind: "EMBED_FACTS",
      uniqueKey: "embed facts",
      payload: {},
    })),
  );
  if (jobs.length > 0) wakeWorkers(services, [JOB_KINDS.EMBED_FACTS.lane]);
}

/**
 * Requests and stores the embeddings of up to 100 facts that have none.
 *
 * @returns number of facts; 0: all have one
 * @throws as `Embedder.embed`
 */
export async function embedNextFacts(
  { db }: Pick<Services, "db">,
  embedder: Embedder,
  { organizationId, jobId }: { readonly organizationId: string; readonly jobId: string | null },
  signal: AbortSignal,
): Promise<number> {
  const facts = await factsWithoutEmbedding(db, embedder.model, organizationId, BATCH);
  if (facts.length === 0) return 0;
  const texts = facts.map(({ question, answer }) => `${question}\n${answer}`.slice(0, MAX_TEXT));
  const vectors = await embedder.embed({ organizationId, jobId, texts }, signal);
  await storeEmbeddings(db, embedder.model, facts, vectors);
  return facts.length;
}
