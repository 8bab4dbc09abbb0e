import { sql } from "kysely";
import type { TableOf } from "../../db/columns.ts";
import { queryBuilder } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { byId, listPage, type Page, type PageArgs } from "../page.ts";
import type { Services } from "../services.ts";
import { IS_STALE, QUOTE_FIELDS } from "./find.ts";
import type { QuoteMailType } from "./mail_templates.ts";
import type { Quote, QuoteStatus } from "./quote.ts";

/** Filter of a list of quotes: fields are combined with AND, values of a field with OR. */
export interface QuoteFilter {
  readonly ids?: readonly string[] | null;
  readonly statuses?: readonly QuoteStatus[] | null;
  /** Mail that has failed: to the customer, to the admin, or any of them. */
  readonly emailFailed?: "CUSTOMER" | "ADMIN" | "ANY" | null;
  /** Whether the lock is older than 30 minutes. */
  readonly lockStale?: boolean | null;
  /** Part of the customer's name or address, or of the request, in any case. */
  readonly search?: string | null;
}

interface Tables {
  quotes: TableOf<Quote, typeof QUOTE_FIELDS> & { search_text: string };
}

// Begins at the failed messages, which are few and have an index; the status of a message to one recipient is that of
// its delivery.
const FAILED = {
  CUSTOMER: quotesOfFailed("quote_customer", "customer_delivery_id"),
  ADMIN: quotesOfFailed("quote_admin", "admin_delivery_id"),
} as const;

/**
 * Reads a page of the organization's quotes, newest first.
 *
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
 */
export function listQuotes(
  { db }: Services,
  { organizationId }: Caller,
  { ids, statuses, emailFailed, lockStale, search }: QuoteFilter,
  page: PageArgs,
): Promise<Page<Quote>> {
  let query = queryBuilder<Tables>().selectFrom("quotes as q").select(QUOTE_FIELDS)
    .select(sql.raw<boolean>(IS_STALE).as("lockStale"))
    .where("organization_id", "=", organizationId);
  if (ids) query = query.where("id", "in", [...ids]);
  if (statuses) query = query.where("status", "in", [...statuses]);
  if (emailFailed) query = query.where(hasFailed(emailFailed, organizationId));
  if (lockStale != null) {
    query = query.where(sql.raw<boolean>(lockStale ? IS_STALE : `not ${IS_STALE}`));
  }
  if (search) {
    const part = search.replaceAll("\0", "").toLowerCase();
    query = query.where(sql<boolean>`strpos(search_text, ${part}) > 0`);
  }
  return listPage(db, query, byId("desc", "q.id"), page);
}

function hasFailed(mail: "CUSTOMER" | "ADMIN" | "ANY", organizationId: string) {
  const queries = mail === "ANY" ? Object.values(FAILED) : [FAILED[mail]];
  return sql<boolean>`q.id in (${
    sql.join(queries.map((of) => of(organizationId)), sql` union all `)
  })`;
}

function quotesOfFailed(type: QuoteMailType, column: string) {
  return (organizationId: string) =>
    sql`select f.id from messages m join deliveries d on d.message_id = m.id
      join quotes f on f.${sql.ref(column)} = d.id
    where m.organization_id = ${organizationId} and m.type = ${sql.lit(type)}
      and m.type in ('quote_customer', 'quote_admin') and m.status in ('FAILED', 'PARTIALLY_SENT')`;
}
