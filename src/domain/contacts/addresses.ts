import { type RawBuilder, sql } from "kysely";
import type { Caller } from "../access/access.ts";

/**
 * Builds the condition that an address belongs to a contact.
 *
 * @param address expression for the address in lower case
 * @param contactId an unknown id, or one of another organization, matches nothing
 */
export function isAddressOf(
  address: RawBuilder<string>,
  { organizationId }: Pick<Caller, "organizationId">,
  contactId: string,
): RawBuilder<boolean> {
  return sql<boolean>`${address} = any(array(
    select unnest(array[lower(c.email), c.email_key, c.psid]) from contacts c
    where c.id = ${contactId} and c.organization_id = ${organizationId}
      and c.erasing_since is null))`;
}
