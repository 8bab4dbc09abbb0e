import { columnList } from "../../db/columns.ts";
import { type Connection, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import type { Quote } from "./quote.ts";

/** Stored columns of a quote under the names of `Quote`, for the query builder. */
export const QUOTE_FIELDS = [
  "id",
  "organization_id as organizationId",
  "contact_id as contactId",
  "customer_name as customerName",
  "customer_email as customerEmail",
  "request",
  "status",
  "lock_token as lockToken",
  "locked_at as lockedAt",
  "job_id as jobId",
  "ai_processing_started_at as aiProcessingStartedAt",
  "ai_processed_at as aiProcessedAt",
  "estimate",
  "prompt_id as promptId",
  "error_type as errorType",
  "error_code as errorCode",
  "error_message as errorMessage",
  "customer_delivery_id as customerDeliveryId",
  "admin_delivery_id as adminDeliveryId",
  "admin_skipped as adminSkipped",
  "created_at as createdAt",
  "updated_at as updatedAt",
] as const;

/** SQL: whether the lock of a quote is older than 30 minutes. */
export const IS_STALE = `(lock_token is not null and locked_at < now() - interval '30 minutes')`;

/** SQL: all columns of a quote under the names of `Quote`. */
export const QUOTE_COLUMNS = `${columnList(QUOTE_FIELDS)}, ${IS_STALE} as "lockStale"`;

const FIND = statement<[organizationId: string, ids: string[]], Quote>(
  "quotes.find",
  `select ${QUOTE_COLUMNS} from quotes where organization_id = $1 and id = any($2)`,
);

const FIND_ANYWHERE = statement<[ids: string[]], Quote>(
  "quotes.findAnywhere",
  `select ${QUOTE_COLUMNS} from quotes where id = any($1)`,
);

/** Finds quotes of the caller's organization by id, in any order. */
export function quotesById(
  { db }: { readonly db: Connection },
  { organizationId }: Pick<Caller, "organizationId">,
  ids: readonly string[],
): Promise<Quote[]> {
  return db.run(FIND, organizationId, [...ids]);
}

/** Finds quotes by id in all organizations. The caller must check access. */
export function findQuotes({ db }: Services, ids: readonly string[]): Promise<Quote[]> {
  return db.run(FIND_ANYWHERE, [...ids]);
}

/**
 * Finds one quote of the caller's organization.
 *
 * @throws {NotFoundError}
 */
export async function getQuote(
  services: { readonly db: Connection },
  caller: Pick<Caller, "organizationId">,
  id: string,
): Promise<Quote> {
  const [quote] = await quotesById(services, caller, [id]);
  if (!quote) throw new NotFoundError([toTypeId("quote", id)]);
  return quote;
}
