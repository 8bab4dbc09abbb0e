import { z } from "zod";
import type { Connection } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import { delayRetries } from "../deliveries/delay_retries.ts";
import { AUTOMATIC } from "../deliveries/retry.ts";
import { InvalidInputError, NotFoundError } from "../errors.ts";
import { fromTypeIds, toTypeId } from "../id.ts";
import { beginRounds, lockMessages, publishRounds, type Round } from "../messages/rounds.ts";
import type { Services } from "../services.ts";
import { issuesOf } from "../validation.ts";
import {
  findFailedMails,
  mailsOfQuotes,
  type PossibleMail,
  type QuoteMail,
  refusalOfMail,
} from "./failed_mails.ts";
import { quotesById } from "./find.ts";
import type { QuoteMailType } from "./mail_templates.ts";
import { publishQuotes } from "./publish.ts";
import type { Quote } from "./quote.ts";

/** Mails of a quote: the one to the customer, the one to the admin, or both. */
export type QuoteMailChoice = "CUSTOMER" | "ADMIN" | "BOTH";

/** Which failed mails are retried. */
export interface MailRetry {
  readonly type: QuoteMailChoice;
  /** Maximum number of mails, 1 to 1,000. */
  readonly limit: number;
  /** Mails with fewer attempts are retried; 1 to 10. */
  readonly maxAttempts: number;
}

/** Input of `retryQuoteEmails`. */
export interface RetryQuoteEmailsInput extends MailRetry {
  /** TypeIDs of the quotes; null or absent: those whose mails failed first. */
  readonly quoteIds?: readonly string[] | null;
}

/** Result of `retryQuoteEmails`. */
export interface RetryQuoteEmailsResult {
  /** Number of mails that are queued now. */
  readonly queuedCount: number;
  /** Quotes of these mails. */
  readonly quotes: readonly Quote[];
  /** Chosen quotes with a mail that is not retried; one entry for each mail. */
  readonly refused: readonly { readonly quote: Quote; readonly reason: string }[];
}

/** Time between the starts of two mails of one call. */
const INTERVAL_MS = 2_000;

const TYPES: Readonly<Record<QuoteMailChoice, readonly QuoteMailType[]>> = {
  CUSTOMER: ["quote_customer"],
  ADMIN: ["quote_admin"],
  BOTH: ["quote_customer", "quote_admin"],
};

const schema = z.object({
  limit: z.number().int("is not a whole number").min(1, "is below 1").max(1_000, "is above 1,000"),
  maxAttempts: z.number().int("is not a whole number").min(1, "is below 1").max(10, "is above 10"),
});

/**
 * Retries failed mails of quotes, the first one at once and each further one 2 s after the one before. A mail that was
 * sent is never sent again, and one that is UNKNOWN is left to `resolveDeliveries`.
 *
 * @throws {ForbiddenError} for a MEMBER
 * @throws {InvalidInputError} for a limit or a number of attempts out of range, and for invalid ids
 * @throws {NotFoundError} naming every quote that does not exist; nothing is queued then
 */
export async function retryQuoteEmails(
  services: Services,
  caller: Caller,
  { quoteIds, ...retry }: RetryQuoteEmailsInput,
): Promise<RetryQuoteEmailsResult> {
  requireAdmin(caller, "retry mails of quotes");
  const issues = issuesOf(schema.safeParse(retry));
  if (issues.length > 0) throw new InvalidInputError(issues);
  const types = TYPES[retry.type];
  const { organizationId } = caller;
  const chosen = quoteIds ? fromTypeIds("quote", quoteIds, ["quoteIds"]) : null;
  if (chosen) await requireQuotes(services, caller, chosen);
  const mails = chosen
    ? await mailsOfQuotes(services.db, organizationId, chosen, types)
    : await findFailedMails(services.db, organizationId, { ...retry, types });
  const accepted = mails.filter(isMade).filter((mail) => refusalOfMail(mail, retry) === null);
  const taken = accepted.slice(0, retry.limit);
  const overLimit = new Set<PossibleMail>(accepted.slice(retry.limit));
  const queued = await queueMails(services, taken);
  const ids = [...new Set(mails.map((mail) => mail.quoteId))];
  const quotes = new Map(
    (await quotesById(services, caller, ids)).map((quote) => [quote.id, quote]),
  );
  return {
    queuedCount: queued.length,
    quotes: [...new Set(queued.map(({ quoteId }) => quoteId))].flatMap((id) =>
      quotes.get(id) ?? []
    ),
    refused: mails.flatMap((mail) => {
      const quote = quotes.get(mail.quoteId);
      const reason = overLimit.has(mail)
        ? `The limit of ${retry.limit} mails is reached`
        : refusalOfMail(mail, retry);
      return quote && reason !== null ? [{ quote, reason }] : [];
    }),
  };
}

/**
 * Retries the failed mails of quotes for the schedule.
 *
 * @param organizationId null: those of all organizations
 * @returns number of queued mails
 */
export async function retryFailedMails(
  services: Services,
  organizationId: string | null,
  retry: MailRetry,
): Promise<number> {
  const choice = { ...retry, types: TYPES[retry.type] };
  const failed = await findFailedMails(services.db, organizationId, choice);
  return (await queueMails(services, failed)).length;
}

function isMade(mail: PossibleMail): mail is QuoteMail {
  return mail.delivery !== null;
}

async function queueMails(
  services: Services,
  mails: readonly QuoteMail[],
): Promise<QuoteMail[]> {
  if (mails.length === 0) return [];
  const rounds = await services.db.transaction((tx) => beginRetry(tx, mails));
  publishRounds(services, rounds);
  const messageIds = new Set(rounds.map(({ message }) => message.id));
  const queued = mails.filter(({ delivery }) => messageIds.has(delivery.messageId));
  publishQuotes(
    services,
    queued.map(({ quoteId: id, organizationId }) => ({ id, organizationId })),
  );
  return queued;
}

async function beginRetry(tx: Connection, mails: readonly QuoteMail[]): Promise<Round[]> {
  const messages = await lockMessages(tx, mails.map(({ delivery }) => delivery.messageId));
  const ids = mails.map(({ delivery }) => delivery.id);
  await delayRetries(tx, ids, INTERVAL_MS);
  return await beginRounds(tx, messages, { ...AUTOMATIC, filter: { ids } });
}

async function requireQuotes(
  services: Services,
  caller: Caller,
  ids: readonly string[],
): Promise<void> {
  const known = new Set((await quotesById(services, caller, ids)).map(({ id }) => id));
  const missing = ids.filter((id) => !known.has(id));
  if (missing.length > 0) throw new NotFoundError(missing.map((id) => toTypeId("quote", id)));
}
