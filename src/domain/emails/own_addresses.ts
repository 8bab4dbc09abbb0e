import { type Connection, statement } from "../../db/database.ts";
import { normalizeEmailAddress } from "../email_address.ts";
import type { Services } from "../services.ts";

const FIND = statement<[ids: string[]], { id: string; addresses: string[] }>(
  "emails.ownAddresses",
  `select id, array_remove(array[from_address, reply_to], null) as addresses
   from organizations where id = any($1)`,
);

/**
 * Finds the addresses from which organizations send mails: their `from` and `replyTo`, and MAIL_FROM.
 *
 * @returns the addresses in normal form, by organization
 */
export async function findOwnAddresses(
  { db, mailFrom }: Pick<Services, "mailFrom"> & { readonly db: Connection },
  organizationIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = await db.run(FIND, [...new Set(organizationIds)]);
  const shared = mailFrom ? [mailFrom.address] : [];
  return new Map(
    found.map(({ id, addresses }) => [id, [...addresses, ...shared].map(normalizeEmailAddress)]),
  );
}
