import { columnList } from "../../db/columns.ts";
import { statement } from "../../db/database.ts";
import type { JobError } from "../jobs/job.ts";
import type { Services } from "../services.ts";
import { QUOTE_FIELDS } from "./find.ts";
import { insertMails, publishMails, type QuoteMails } from "./mails.ts";
import type { Estimate, Quote } from "./quote.ts";

/** Claim of a job on a quote, until the job is settled, rescued or taken over. */
export interface ProcessingClaim {
  readonly organizationId: string;
  readonly quoteId: string;
  readonly jobId: string;
  readonly fence: number;
}

/** A quote that a job has begun to process. */
export type ProcessedQuote = Omit<Quote, "lockStale">;

type ClaimParameters = [organizationId: string, quoteId: string, jobId: string, fence: number];

const CLAIMED = `q.organization_id = $1 and q.id = $2`;
const LOCKED = `${CLAIMED} and q.job_id = $3 and q.lock_token = $4`;
const UNLOCKED = "lock_token = null, locked_at = null, updated_at = now()";

const LOCK = statement<[organizationId: string, quoteId: string]>(
  "quoteProcessing.lockOne",
  `select from quotes q where ${CLAIMED} for update`,
);

// The lock of another running job is respected; a lock whose job was rescued or has ended is taken
// over.
const BEGIN = statement<ClaimParameters, ProcessedQuote>(
  "quoteProcessing.begin",
  `update quotes q set status = 'AI_PROCESSING', lock_token = $4, locked_at = now(), job_id = $3,
     ai_processing_started_at = now(), error_type = null, error_code = null, error_message = null,
     updated_at = now()
   where ${CLAIMED} and q.status <> 'AI_QUOTED'
     and exists (select from jobs j where j.id = $3 and j.fence = $4)
     and not exists (select from jobs h where h.id = q.job_id and h.id <> $3 and h.fence = q.lock_token)
   returning ${columnList(QUOTE_FIELDS)}`,
);

const RECORD = statement<
  [...ClaimParameters, estimate: string, promptId: string],
  ProcessedQuote
>(
  "quoteProcessing.record",
  `update quotes q set status = 'AI_QUOTED', estimate = $5::jsonb, prompt_id = $6,
     ai_processed_at = now(), ${UNLOCKED}
   where ${LOCKED} returning ${columnList(QUOTE_FIELDS)}`,
);

const FAIL = statement<
  [...ClaimParameters, type: string, code: string | null, message: string],
  { id: string }
>(
  "quoteProcessing.fail",
  `update quotes q set status = 'AI_ERROR', error_type = $5, error_code = $6, error_message = $7,
     ai_processed_at = now(), ${UNLOCKED}
   where ${LOCKED} returning id`,
);

const RELEASE = statement<ClaimParameters, { id: string }>(
  "quoteProcessing.release",
  `update quotes q set status = 'PENDING', ${UNLOCKED} where ${LOCKED} returning id`,
);

/**
 * Locks a quote for a job.
 *
 * @returns null if it has an estimate already, another job processes it, or it was deleted
 */
export async function beginProcessing(
  services: Services,
  claim: ProcessingClaim,
): Promise<ProcessedQuote | null> {
  const quote = await services.db.transaction(async (tx) => {
    // A statement that waits for a row rechecks the row but not its joins, so that only the next one sees which job
    // has begun meanwhile.
    await tx.run(LOCK, claim.organizationId, claim.quoteId);
    const [begun] = await tx.run(BEGIN, ...parametersOf(claim));
    return begun ?? null;
  });
  if (quote) publish(services, claim);
  return quote;
}

/** Result of a processing. */
export interface ProcessingResult {
  readonly estimate: Estimate;
  /** Version of the prompt that made it. */
  readonly promptId: string;
  /** Null: an earlier estimate was mailed, and this one is not. */
  readonly mails: QuoteMails | null;
}

/**
 * Stores the estimate together with its mails, and ends the processing. If the lock is not held any more, nothing is
 * written.
 */
export async function recordEstimate(
  services: Services,
  claim: ProcessingClaim,
  { estimate, promptId, mails }: ProcessingResult,
): Promise<void> {
  const recorded = await services.db.transaction(async (tx) => {
    const parameters = parametersOf(claim);
    const [quote] = await tx.run(RECORD, ...parameters, JSON.stringify(estimate), promptId);
    if (quote && mails) await insertMails(tx, quote.id, mails);
    return quote !== undefined;
  });
  if (!recorded) return;
  publish(services, claim);
  if (mails) publishMails(services, mails);
}

/** Ends the processing with an error. Changes nothing if the lock is not held any more. */
export async function failProcessing(
  services: Services,
  claim: ProcessingClaim,
  { type, code, message }: JobError,
): Promise<void> {
  const [failed] = await services.db.run(FAIL, ...parametersOf(claim), type, code, message);
  if (failed) publish(services, claim);
}

/** Releases the lock, because the job continues later. */
export async function releaseProcessing(
  services: Services,
  claim: ProcessingClaim,
): Promise<void> {
  const [released] = await services.db.run(RELEASE, ...parametersOf(claim));
  if (released) publish(services, claim);
}

function parametersOf({ organizationId, quoteId, jobId, fence }: ProcessingClaim): ClaimParameters {
  return [organizationId, quoteId, jobId, fence];
}

function publish({ bus }: Services, { organizationId, quoteId }: ProcessingClaim): void {
  bus.publish("quotes", organizationId, [quoteId]);
}
