import { type RawBuilder, sql } from "kysely";
import type { TableOf } from "../../db/columns.ts";
import { queryBuilder } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { byId, listPage, type Page, type PageArgs } from "../page.ts";
import type { MessageChannel } from "../channel.ts";
import type { Services } from "../services.ts";
import type { Contact } from "./contact.ts";
import {
  CONTACT_FIELDS,
  IS_ACTIVE,
  IS_SUBSCRIBED,
  IS_SUPPRESSED,
  UNSUBSCRIBED_AT,
} from "./find.ts";

/** Filter of a list of contacts: fields are combined with AND, values of a field with OR. */
export interface ContactFilter {
  readonly ids?: readonly string[] | null;
  readonly vip?: boolean | null;
  /** Whether none of its addresses is on the suppression list. */
  readonly active?: boolean | null;
  /** Whether one of its addresses is on the suppression list with the reason UNSUBSCRIBED. */
  readonly unsubscribed?: boolean | null;
  /** Part of the email address, the name or the psid, in any case. */
  readonly search?: string | null;
}

interface Tables {
  contacts: TableOf<Contact, typeof CONTACT_FIELDS> & {
    erasing_since: Date | null;
    search_text: string;
  };
}

/**
 * Reads a page of the organization's contacts, newest first.
 *
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
 */
export function listContacts(
  { db }: Services,
  caller: Caller,
  { ids, vip, active, unsubscribed, search }: ContactFilter,
  page: PageArgs,
): Promise<Page<Contact>> {
  const { organizationId } = caller;
  let query = queryBuilder<Tables>().selectFrom("contacts as c").select(CONTACT_FIELDS)
    .select([
      sql.raw<Date | null>(UNSUBSCRIBED_AT).as("unsubscribedAt"),
      sql.raw<boolean>(IS_SUPPRESSED).as("suppressed"),
    ])
    .where("organization_id", "=", organizationId).where("erasing_since", "is", null);
  if (ids) query = query.where("id", "in", [...ids]);
  if (vip != null) query = query.where(sql.raw<boolean>(vip ? "vip" : "not vip"));
  if (active === true) query = query.where(sql.raw<boolean>(IS_ACTIVE));
  if (active === false) query = query.where(listed(organizationId));
  if (unsubscribed === false) query = query.where(sql.raw<boolean>(IS_SUBSCRIBED));
  if (unsubscribed === true) {
    query = query.where(listed(organizationId, sql`and s.reason = 'UNSUBSCRIBED'`));
  }
  if (search) {
    const part = search.replaceAll("\0", "").toLowerCase();
    query = query.where(sql<boolean>`strpos(search_text, ${part}) > 0`);
  }
  return listPage(db, query, byId("desc", "c.id"), page);
}

// Starts from the suppression list, because it is shorter than the list of contacts.
function listed(organizationId: string, reason = sql``): RawBuilder<boolean> {
  const by = (column: string, channel: MessageChannel) =>
    sql`select k.id from suppressions s join contacts k on k.organization_id = s.organization_id
      and k.${sql.ref(column)} = s.address and k.erasing_since is null
      where s.organization_id = ${organizationId} and s.channel = ${channel} ${reason}`;
  return sql<boolean>`c.id in (${by("email_key", "EMAIL")} union all ${by("psid", "MESSENGER")})`;
}
