import { type Connection, statement } from "../../db/database.ts";
import { RETRYABLE } from "../deliveries/list.ts";
import type { QuoteMailType } from "./mail_templates.ts";
import { QUOTE_STATUSES, type QuoteStatus } from "./quote.ts";

/** Numbers of the quotes of an organization, and of their mails. */
export interface QuoteStats {
  /** All states. */
  readonly byStatus: readonly { readonly status: QuoteStatus; readonly count: number }[];
  readonly customerSent: number;
  readonly customerFailed: number;
  readonly adminSent: number;
  readonly adminFailed: number;
  /** Number of failed mails that the schedule still retries. */
  readonly needRetry: number;
  /** Share of the retried mails that were sent, 0 to 1; null: none was retried. */
  readonly retrySuccessFraction: number | null;
}

const STATUSES = statement<[organizationId: string], { status: QuoteStatus; count: number }>(
  "quotes.countByStatus",
  "select status, count(*) as count from quotes where organization_id = $1 group by 1",
);

// The status of a message to one recipient is that of its delivery.
const MAILS = statement<
  [organizationId: string],
  { type: QuoteMailType; sent: boolean; retried: boolean; count: number }
>(
  "quoteMails.count",
  `select type, status = 'SENT' as sent, retry_rounds > 0 as retried, count(*) as count from messages
   where organization_id = $1 and type in ('quote_customer', 'quote_admin')
     and status in ('SENT', 'PARTIALLY_SENT', 'FAILED')
   group by 1, 2, 3`,
);

const NEED_RETRY = statement<[organizationId: string, maxAttempts: number], { count: number }>(
  "quoteMails.countRetryable",
  `select count(*) as count from messages m join deliveries d on d.message_id = m.id
   where m.organization_id = $1 and m.type in ('quote_customer', 'quote_admin')
     and m.status in ('FAILED', 'PARTIALLY_SENT')
     and d.status in ('FAILED', 'BOUNCED') and ${RETRYABLE} and d.attempt < $2`,
);

// Default of the payload of RETRY_QUOTE_EMAILS, which the built-in schedule uses.
const SCHEDULED_ATTEMPTS = 3;

/** Reads the numbers of an organization, without a check of access. */
export async function readQuoteStats(
  db: Connection,
  organizationId: string,
): Promise<QuoteStats> {
  const [statuses, mails, [needRetry]] = await Promise.all([
    db.run(STATUSES, organizationId),
    db.run(MAILS, organizationId),
    db.run(NEED_RETRY, organizationId, SCHEDULED_ATTEMPTS),
  ]);
  const counts = new Map(statuses.map(({ status, count }) => [status, count]));
  const total = (matches: (mail: (typeof mails)[number]) => boolean) =>
    mails.filter(matches).reduce((sum, { count }) => sum + count, 0);
  const retried = total((mail) => mail.retried);
  return {
    byStatus: QUOTE_STATUSES.map((status) => ({ status, count: counts.get(status) ?? 0 })),
    customerSent: total(({ type, sent }) => type === "quote_customer" && sent),
    customerFailed: total(({ type, sent }) => type === "quote_customer" && !sent),
    adminSent: total(({ type, sent }) => type === "quote_admin" && sent),
    adminFailed: total(({ type, sent }) => type === "quote_admin" && !sent),
    needRetry: needRetry?.count ?? 0,
    retrySuccessFraction: retried === 0
      ? null
      : total((mail) => mail.retried && mail.sent) / retried,
  };
}
