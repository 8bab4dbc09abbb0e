import { type Connection, statement } from "../../db/database.ts";
import type { Services } from "../services.ts";
import { publishQuotes, type QuoteRef } from "./publish.ts";

// SQL: quote `q` is PENDING or AI_PROCESSING, and its latest job `j` ended without a result, because the handler did not
// run or could not record it. The condition repeats those of the partial indexes quotes_pending and quotes_locked.
const ENDED = `j.id = q.job_id and j.status in ('FAILED', 'CANCELLED')
  and (q.status = 'PENDING' or q.lock_token is not null)`;

const LOCK = statement<[organizationId: string | null], { id: string }>(
  "quoteProcessing.lockEnded",
  `select q.id from quotes q join jobs j on ${ENDED}
   where q.organization_id = $1 or $1 is null order by q.id for update of q skip locked`,
);

// A statement of its own after the lock, so that it sees whether the job was started again meanwhile.
const FAIL = statement<[ids: string[]], QuoteRef>(
  "quoteProcessing.failEnded",
  `update quotes q set status = 'AI_ERROR', lock_token = null, locked_at = null,
     error_type = coalesce(j.error ->> 'type', j.status), error_code = j.error ->> 'code',
     error_message = coalesce(j.error ->> 'message', 'The processing was cancelled'),
     ai_processed_at = now(), updated_at = now()
   from jobs j where q.id = any($1) and ${ENDED}
   returning q.id, q.organization_id as "organizationId"`,
);

/**
 * Fails the quotes whose job ended without a result: it was cancelled while it waited, or set aside after crashes. They
 * are processed again only by id or with `force`. Call `publishQuotes` after the commit.
 *
 * @param organizationId null: those of all organizations
 */
export async function failEnded(
  tx: Connection,
  organizationId: string | null,
): Promise<QuoteRef[]> {
  const locked = await tx.run(LOCK, organizationId);
  return locked.length === 0 ? [] : await tx.run(FAIL, locked.map(({ id }) => id));
}

/** Fails the quotes of all organizations whose job ended without a result. */
export async function sweepQuotes(services: Services): Promise<void> {
  publishQuotes(services, await services.db.transaction((tx) => failEnded(tx, null)));
}
