import { type Connection, statement } from "../../db/database.ts";
import { RETRYABLE } from "../deliveries/list.ts";
import type { DeliveryStatus } from "../deliveries/delivery.ts";
import type { QuoteMailType } from "./mail_templates.ts";

/** A mail of a quote. */
export interface QuoteMail {
  readonly quoteId: string;
  readonly organizationId: string;
  readonly type: QuoteMailType;
  readonly delivery: QuoteDelivery;
}

/** Delivery of a mail of a quote. */
export interface QuoteDelivery {
  readonly id: string;
  readonly messageId: string;
  readonly status: DeliveryStatus;
  readonly attempt: number;
  readonly retryable: boolean;
  readonly errorType: string | null;
}

/** A mail that a quote can have. */
export interface PossibleMail extends Omit<QuoteMail, "delivery"> {
  /** Null: the mail was not created. */
  readonly delivery: QuoteDelivery | null;
}

/** Choice of failed mails. */
interface FailedMails {
  readonly types: readonly QuoteMailType[];
  readonly limit: number;
  /** Mails with fewer attempts. */
  readonly maxAttempts: number;
}

const DELIVERY = `jsonb_build_object('id', d.id, 'messageId', d.message_id, 'status', d.status,
  'attempt', d.attempt, 'retryable', ${RETRYABLE}, 'errorType', d.error_type)`;

const FAILED = statement<
  [organizationId: string | null, types: QuoteMailType[], maxAttempts: number, limit: number],
  QuoteMail
>(
  "quoteMails.failed",
  `select q.id as "quoteId", m.organization_id as "organizationId", m.type,
     ${DELIVERY} as delivery
   from messages m join deliveries d on d.message_id = m.id,
     lateral (
       select id from quotes where customer_delivery_id = d.id
       union all select id from quotes where admin_delivery_id = d.id
     ) q
   where (m.organization_id = $1 or $1 is null) and m.type in ('quote_customer', 'quote_admin')
     and m.type = any($2) and m.status in ('FAILED', 'PARTIALLY_SENT')
     and d.status in ('FAILED', 'BOUNCED') and ${RETRYABLE} and d.attempt < $3
   order by d.failed_at, d.id limit $4`,
);

const OF_QUOTES = statement<
  [organizationId: string, quoteIds: string[], types: QuoteMailType[]],
  PossibleMail
>(
  "quoteMails.ofQuotes",
  `select q.id as "quoteId", q.organization_id as "organizationId", t.type,
     case when d.id is not null then ${DELIVERY} end as delivery
   from quotes q
     cross join lateral (values ('quote_customer', q.customer_delivery_id),
       ('quote_admin', q.admin_delivery_id)) t(type, delivery_id)
     left join deliveries d on d.id = t.delivery_id
     left join messages m on m.id = d.message_id
   where q.organization_id = $1 and q.id = any($2) and t.type = any($3)
   order by q.id, t.type desc`,
);

/**
 * Finds failed mails that may be retried, those that failed first.
 *
 * @param organizationId null: of all organizations
 */
export function findFailedMails(
  db: Connection,
  organizationId: string | null,
  { types, maxAttempts, limit }: FailedMails,
): Promise<QuoteMail[]> {
  return db.run(FAILED, organizationId, [...types], maxAttempts, limit);
}

/** Reads the mails of quotes, in any state. */
export function mailsOfQuotes(
  db: Connection,
  organizationId: string,
  quoteIds: readonly string[],
  types: readonly QuoteMailType[],
): Promise<PossibleMail[]> {
  return db.run(OF_QUOTES, organizationId, [...quoteIds], [...types]);
}

const NAMES: Readonly<Record<QuoteMailType, string>> = {
  quote_customer: "The mail to the customer",
  quote_admin: "The mail to the admin",
};

/** Reason why a mail is not retried; null: it is retried. */
export function refusalOfMail(
  { type, delivery }: PossibleMail,
  { maxAttempts }: Pick<FailedMails, "maxAttempts">,
): string | null {
  const mail = NAMES[type];
  if (!delivery) return `${mail} was not made`;
  const { status, attempt, retryable, errorType } = delivery;
  if (status !== "FAILED" && status !== "BOUNCED") return `${mail} is ${status}`;
  if (attempt >= maxAttempts) return `${mail} has used ${attempt} attempts of ${maxAttempts}`;
  if (!retryable) return `${mail} is not expected to succeed after ${errorType}`;
  return null;
}
