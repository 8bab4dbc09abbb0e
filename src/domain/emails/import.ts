import type { Caller } from "../access/access.ts";
import { normalizeEmailAddress } from "../email_address.ts";
import type { Services } from "../services.ts";
import { kindOf } from "./classify.ts";
import type { ParsedMail } from "./mail.ts";
import { findOwnAddresses } from "./own_addresses.ts";
import { replyTextOf } from "./reply_text.ts";
import { type NewEmail, storeEmails } from "./store.ts";

/** Mail of a file. */
export interface ImportedMail {
  readonly mail: ParsedMail;
  /** Time that the file names beside the mail; null: none. */
  readonly storedAt: Date | null;
}

/**
 * Returns the addresses from which the caller's organization sends mails, in normal form.
 *
 * @param further addresses besides those of the organization's settings
 */
export async function ownAddressesWith(
  services: Services,
  { organizationId }: Caller,
  further: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = await findOwnAddresses(services, [organizationId]);
  const all = [...found.get(organizationId) ?? [], ...further];
  return new Set(all.map((address) => normalizeEmailAddress(address.trim())));
}

/**
 * Stores mails to learn from, outside the inbox. A mail whose Message-ID is already stored changes nothing, except that
 * an imported one becomes OUTBOUND if it is from one of the addresses now.
 *
 * @param own addresses of the organization; mails from them are OUTBOUND
 * @param mails up to some hundreds
 * @returns number of mails that were not stored before, and number of mails from one of the addresses
 */
export async function importEmails(
  { db }: Services,
  { organizationId }: Caller,
  own: ReadonlySet<string>,
  mails: readonly ImportedMail[],
): Promise<{ readonly added: number; readonly sent: number }> {
  const emails = mails.map(({ mail, storedAt }): NewEmail => ({
    mail,
    direction: own.has(mail.from.address) ? "OUTBOUND" : "INBOUND",
    kind: kindOf(mail, own),
    replyText: replyTextOf(mail.text),
    threadId: null,
    receivedAt: mail.date ?? storedAt,
    deliveryId: null,
  }));
  const stored = await storeEmails(db, organizationId, emails);
  return {
    added: stored.filter(({ created }) => created).length,
    sent: emails.filter(({ direction }) => direction === "OUTBOUND").length,
  };
}
