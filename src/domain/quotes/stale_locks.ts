import { type Connection, statement } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import type { Services } from "../services.ts";
import { IS_STALE, quotesById } from "./find.ts";
import { publishQuotes, type QuoteRef } from "./publish.ts";
import type { Quote } from "./quote.ts";

const RELEASE = statement<[organizationId: string | null], QuoteRef>(
  "quoteProcessing.releaseStale",
  `update quotes set status = 'PENDING', lock_token = null, locked_at = null, updated_at = now()
   where id = any(array(
     select id from quotes where ${IS_STALE} and (organization_id = $1 or $1 is null)
     for update skip locked))
   returning id, organization_id as "organizationId"`,
);

/**
 * Releases locks that are older than 30 minutes: the quotes are PENDING again, and a late answer to their earlier
 * processing changes nothing. Call `publishQuotes` after the commit.
 *
 * @param organizationId null: those of all organizations
 */
export function releaseStale(
  db: Connection,
  organizationId: string | null,
): Promise<QuoteRef[]> {
  return db.run(RELEASE, organizationId);
}

/**
 * Releases the stale locks of the caller's organization.
 *
 * @returns the quotes, PENDING
 * @throws {ForbiddenError} for a MEMBER
 */
export async function releaseStaleLocks(services: Services, caller: Caller): Promise<Quote[]> {
  requireAdmin(caller, "release stale locks of quotes");
  const released = await releaseStale(services.db, caller.organizationId);
  publishQuotes(services, released);
  return quotesById(services, caller, released.map(({ id }) => id));
}
