import { type Connection, statement } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import { invalid, NotFoundError } from "../errors.ts";
import { fromTypeIds, toTypeId } from "../id.ts";
import { wakeWorkers } from "../jobs/enqueue.ts";
import type { Services } from "../services.ts";
import { failEnded } from "./ended_jobs.ts";
import { enqueueProcessing, type QuoteToProcess, UNIQUE_KEY } from "./enqueue.ts";
import { IS_STALE, quotesById } from "./find.ts";
import { publishQuotes, type QuoteRef } from "./publish.ts";
import type { Quote, QuoteStatus } from "./quote.ts";
import { releaseStale } from "./stale_locks.ts";

/** Input of `processQuotes`. */
export interface ProcessQuotesInput {
  /** TypeIDs of the quotes; null or absent: the oldest PENDING ones. */
  readonly quoteIds?: readonly string[] | null;
  /** Maximum number of quotes, 0 to 1,000; without effect on `quoteIds`. */
  readonly limit: number;
  /** Also queues AI_ERROR quotes, and with `quoteIds` those that are being processed or have an estimate. */
  readonly force: boolean;
  /** With `force`: mails a new estimate even if an earlier one was mailed. */
  readonly resend: boolean;
}

/** A quote that is not processed. */
export interface SkippedQuote {
  readonly quote: Quote;
  /** Text for people. */
  readonly reason: string;
}

/** Result of `processQuotes`. */
export interface ProcessQuotesResult {
  /** Quotes that are queued now. */
  readonly quotes: readonly Quote[];
  readonly skipped: readonly SkippedQuote[];
}

/** A quote, with the values by which it is queued or skipped. */
interface Candidate {
  readonly id: string;
  readonly organizationId: string;
  readonly status: QuoteStatus;
  readonly lockStale: boolean;
  /** Unfinished job of the quote; null: none. */
  readonly unfinishedJobId: string | null;
  /** Latest job of the quote; null: none, or it was deleted. */
  readonly latestJobId: string | null;
}

const UNFINISHED = `(select j.id from jobs j where j.organization_id = q.organization_id
  and j.unique_key = ${UNIQUE_KEY} and j.status in ('QUEUED', 'SCHEDULED', 'PROCESSING'))`;

// In the order of ids, so that two calls cannot deadlock.
const LOCK = statement<[organizationId: string, ids: string[]], { id: string }>(
  "quoteProcessing.lock",
  `select id from quotes where organization_id = $1 and id = any($2) order by id for update`,
);

// The statuses are literals, so that the partial index quotes_pending serves runs without pending
// quotes.
const next = (label: string, statuses: string) =>
  statement<[organizationId: string | null, limit: number], { id: string }>(
    label,
    `select id from quotes q
     where status in (${statuses}) and (organization_id = $1 or $1 is null) and ${UNFINISHED} is null
     order by id limit $2 for update skip locked`,
  );
const NEXT = next("quoteProcessing.next", "'PENDING'");
const NEXT_FORCED = next("quoteProcessing.nextForced", "'PENDING', 'AI_ERROR'");

// A statement of its own after the lock, so that it sees the jobs of calls that held the lock before.
const READ = statement<[ids: string[]], Candidate>(
  "quoteProcessing.candidates",
  `select q.id, q.organization_id as "organizationId", q.status, ${IS_STALE} as "lockStale",
     ${UNFINISHED} as "unfinishedJobId", (select j.id from jobs j where j.id = q.job_id) as "latestJobId"
   from quotes q where q.id = any($1) order by q.id`,
);

const MAX_LIMIT = 1_000;

/**
 * Queues quotes for the language model, and releases the stale locks of the organization.
 *
 * @returns the queued quotes, and the chosen ones that are not queued, with the reasons
 * @throws {ForbiddenError} for a MEMBER
 * @throws {InvalidInputError} for a limit out of range, invalid ids, and `resend` without `force`
 * @throws {NotFoundError} naming every quote that does not exist; nothing is queued then
 */
export async function processQuotes(
  services: Services,
  caller: Caller,
  { quoteIds, limit, force, resend }: ProcessQuotesInput,
): Promise<ProcessQuotesResult> {
  requireAdmin(caller, "process quotes");
  if (!Number.isInteger(limit) || limit < 0 || limit > MAX_LIMIT) {
    throw invalid(["limit"], "OUT_OF_RANGE", `must be a whole number from 0 to ${MAX_LIMIT}`);
  }
  if (resend && !force) throw invalid(["resend"], "NEEDS_FORCE", "needs force");
  const ids = quoteIds ? fromTypeIds("quote", quoteIds, ["quoteIds"]) : null;
  const { organizationId, userId } = caller;
  const { queued, skipped, changed } = await services.db.transaction(async (tx) => {
    // Chosen quotes are read first: one with a stale lock is started again, together with its job.
    const chosen = ids && await lockAll(tx, organizationId, ids);
    const changed = await endProcessings(tx, organizationId);
    const candidates = chosen ?? await lockNext(tx, organizationId, limit, force);
    const queued = candidates.filter((quote) => refusalOf(quote, force) === null);
    const skipped = candidates.filter((quote) => refusalOf(quote, force) !== null);
    await enqueueProcessing(tx, queued.map(toProcess), { resend, userId });
    return { queued, skipped, changed };
  });
  announce(services, queued, changed);
  const read = await quotesById(services, caller, [...queued, ...skipped].map(({ id }) => id));
  const byId = new Map(read.map((quote) => [quote.id, quote]));
  return {
    quotes: queued.flatMap(({ id }) => byId.get(id) ?? []),
    skipped: skipped.flatMap((candidate) => {
      const quote = byId.get(candidate.id);
      const reason = refusalOf(candidate, force);
      return quote && reason !== null ? [{ quote, reason }] : [];
    }),
  };
}

/**
 * Queues the oldest PENDING quotes, and releases stale locks.
 *
 * @param organizationId null: those of all organizations
 * @returns number of queued quotes
 */
export async function processPending(
  services: Services,
  organizationId: string | null,
  limit: number,
): Promise<number> {
  const { queued, changed } = await services.db.transaction(async (tx) => {
    const changed = await endProcessings(tx, organizationId);
    const queued = await lockNext(tx, organizationId, limit, false);
    await enqueueProcessing(tx, queued.map(toProcess), { resend: false, userId: null });
    return { queued, changed };
  });
  announce(services, queued, changed);
  return queued.length;
}

/** Ends the processings without a running holder: their job has ended, or their lock is stale. */
async function endProcessings(tx: Connection, organizationId: string | null): Promise<QuoteRef[]> {
  const failed = await failEnded(tx, organizationId);
  return [...failed, ...await releaseStale(tx, organizationId)];
}

async function lockAll(
  tx: Connection,
  organizationId: string,
  ids: readonly string[],
): Promise<Candidate[]> {
  const found = await tx.run(LOCK, organizationId, [...ids]);
  const known = new Set(found.map(({ id }) => id));
  const missing = ids.filter((id) => !known.has(id));
  if (missing.length > 0) throw new NotFoundError(missing.map((id) => toTypeId("quote", id)));
  return await tx.run(READ, [...known]);
}

async function lockNext(
  tx: Connection,
  organizationId: string | null,
  limit: number,
  force: boolean,
): Promise<Candidate[]> {
  const locked = await tx.run(force ? NEXT_FORCED : NEXT, organizationId, limit);
  const candidates = await tx.run(READ, locked.map(({ id }) => id));
  return candidates.filter(({ unfinishedJobId }) => unfinishedJobId === null);
}

/** Reason why a quote is skipped; null: it is queued. */
function refusalOf(
  { status, lockStale, unfinishedJobId }: Candidate,
  force: boolean,
): string | null {
  if (force) return null;
  if (status === "AI_QUOTED") return "It has an estimate already; force replaces it";
  if (status === "AI_PROCESSING" && !lockStale) {
    return "It is being processed; force takes it over";
  }
  if (status === "PENDING" && unfinishedJobId !== null) return "It is queued already";
  return null;
}

function toProcess(
  { id, organizationId, unfinishedJobId, latestJobId }: Candidate,
): QuoteToProcess {
  return { id, organizationId, jobId: unfinishedJobId ?? latestJobId };
}

function announce(
  services: Services,
  queued: readonly Candidate[],
  changed: readonly QuoteRef[],
): void {
  if (queued.length > 0) wakeWorkers(services, ["AI"]);
  publishQuotes(services, [...queued, ...changed]);
}
