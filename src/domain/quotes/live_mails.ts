import { type Connection, statement } from "../../db/database.ts";
import type { Services } from "../services.ts";
import { isQuoteMail } from "./mail_templates.ts";

/** Times of the last changes of a quote's mails; null: there is no such mail. */
export interface MailChanges {
  readonly quoteId: string;
  readonly customerChangedAt: Date | null;
  readonly adminChangedAt: Date | null;
}

const CHANGES = statement<[quoteIds: string[]], MailChanges>(
  "quoteMails.changes",
  `select q.id as "quoteId",
     (select updated_at from deliveries where id = q.customer_delivery_id) as "customerChangedAt",
     (select updated_at from deliveries where id = q.admin_delivery_id) as "adminChangedAt"
   from quotes q where q.id = any($1)`,
);

const OF_MESSAGE = statement<[messageId: string], { id: string }>(
  "quoteMails.quoteOfMessage",
  `select q.id from deliveries d, lateral (
     select id from quotes where customer_delivery_id = d.id
     union all select id from quotes where admin_delivery_id = d.id
   ) q
   where d.message_id = $1`,
);

/** Reads the times of the last changes of the mails of quotes, which are in the rows of deliveries. */
export function readMailChanges(
  db: Connection,
  quoteIds: readonly string[],
): Promise<MailChanges[]> {
  return db.run(CHANGES, [...quoteIds]);
}

/**
 * Publishes the quote of a mail after an attempt at it. Other messages have no quote.
 *
 * @param type of the message
 */
export async function publishMailedQuote(
  { db, bus }: Services,
  { messageId, organizationId }: { readonly messageId: string; readonly organizationId: string },
  type: string,
): Promise<void> {
  if (!isQuoteMail(type)) return;
  const quotes = await db.run(OF_MESSAGE, messageId);
  bus.publish("quotes", organizationId, quotes.map(({ id }) => id));
}
