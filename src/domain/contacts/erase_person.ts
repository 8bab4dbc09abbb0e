import { type Connection, statement } from "../../db/database.ts";
import type { Person } from "../person.ts";

const BEGIN = statement<[organizationId: string, id: string], { id: string }>(
  "contacts.beginErasure",
  `update contacts set erasing_since = coalesce(erasing_since, now())
   where organization_id = $1 and id = $2 returning id`,
);

const FIND_ERASING = statement<[organizationId: string, id: string], { addresses: string[] }>(
  "contacts.findErasing",
  `select array_remove(array[lower(email), email_key, psid], null) as addresses from contacts
   where organization_id = $1 and id = $2 and erasing_since is not null`,
);

const END = statement<[organizationId: string, id: string]>(
  "contacts.endErasure",
  `delete from contacts where organization_id = $1 and id = $2 and erasing_since is not null`,
);

/**
 * Hides a contact that is to be erased. Its addresses are free for a new contact at once.
 *
 * @returns false for an unknown contact
 */
export async function beginErasure(
  tx: Connection,
  organizationId: string,
  id: string,
): Promise<boolean> {
  return (await tx.run(BEGIN, organizationId, id)).length > 0;
}

/** Finds a contact whose erasure has begun and not ended. */
export async function findErasing(
  db: Connection,
  organizationId: string,
  contactId: string,
): Promise<Person | null> {
  const [row] = await db.run(FIND_ERASING, organizationId, contactId);
  return row ? { organizationId, contactId, addresses: row.addresses } : null;
}

/** Deletes a contact after all other rows about it. */
export async function endErasure(
  db: Connection,
  { organizationId, contactId }: Person,
): Promise<void> {
  await db.run(END, organizationId, contactId);
}
