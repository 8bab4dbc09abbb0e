import { type Connection, statement } from "../../db/database.ts";
import { newId, toTypeId } from "../id.ts";
import { enqueueJobs } from "../jobs/enqueue.ts";
import type { NewJob } from "../jobs/job.ts";
import { takeOverJobs } from "../jobs/take_over.ts";

/** A quote to be processed, and its job. */
export interface QuoteToProcess {
  readonly id: string;
  readonly organizationId: string;
  /** Job that is started again; null: a new one. */
  readonly jobId: string | null;
}

const RESET = statement<[ids: string[], jobIds: string[]]>(
  "quoteProcessing.enqueue",
  `update quotes q set status = 'PENDING', job_id = r.job_id, lock_token = null, locked_at = null,
     error_type = null, error_code = null, error_message = null, updated_at = now()
   from unnest($1::uuid[], $2::uuid[]) as r(id, job_id) where q.id = r.id`,
);

const KEY = "quote:";

/** Returns the job that processes a quote. Mails the estimate again if `resend`. */
export function processingJob(
  quote: Pick<QuoteToProcess, "id" | "organizationId">,
  jobId: string,
  { resend, userId }: { readonly resend: boolean; readonly userId: string | null },
): NewJob & { readonly id: string } {
  const quoteId = toTypeId("quote", quote.id);
  return {
    id: jobId,
    organizationId: quote.organizationId,
    userId,
    kind: "PROCESS_QUOTE",
    uniqueKey: `${KEY}${quote.id}`,
    subject: quoteId,
    payload: { quoteId, resend },
  };
}

/** SQL: unique key of the job that processes quote `q`, so that each quote has one unfinished job. */
export const UNIQUE_KEY = `'${KEY}' || q.id`;

/**
 * Enqueues the jobs of quotes: a quote that has one keeps its row, so that a holder of its fence loses it. The quotes
 * must be locked; wake the lane AI after the commit.
 *
 * @param resend whether to mail the estimate again
 * @returns ids of the jobs, in the order of the quotes
 */
export async function enqueueProcessing(
  tx: Connection,
  quotes: readonly QuoteToProcess[],
  options: { readonly resend: boolean; readonly userId: string | null },
): Promise<string[]> {
  const jobs = quotes.map((quote) => processingJob(quote, quote.jobId ?? newId(), options));
  const known = new Set(quotes.map(({ jobId }) => jobId));
  await takeOverJobs(tx, jobs.filter(({ id }) => known.has(id)), options.userId);
  await enqueueJobs(tx, jobs.filter(({ id }) => !known.has(id)));
  await tx.run(RESET, quotes.map(({ id }) => id), jobs.map(({ id }) => id));
  return jobs.map(({ id }) => id);
}
