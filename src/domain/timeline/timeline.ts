import { type RawBuilder, sql } from "kysely";
import { queryBuilder } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { CHANNEL_RULES } from "../channel_rules/channel_rules.ts";
import type { Contact } from "../contacts/contact.ts";
import { contactEntries } from "../contacts/timeline.ts";
import { deliveryEntries } from "../deliveries/timeline.ts";
import { emailEntries } from "../emails/timeline.ts";
import { orderEntries } from "../orders/timeline.ts";
import { listPage, type Page, type PageArgs, type Sort } from "../page.ts";
import { quoteEntries } from "../quotes/timeline.ts";
import type { Services } from "../services.ts";
import { suppressionEntries } from "../suppressions/timeline.ts";
import type { TimelineEntry, TimelineScope, TimelineSource } from "../timeline_source.ts";

/** Sources of entries, one or more per noun. */
const SOURCES: readonly TimelineSource[] = [
  contactEntries,
  suppressionEntries,
  deliveryEntries,
  quoteEntries,
  emailEntries,
  orderEntries,
];

const LATEST_FIRST: Sort = {
  name: "at desc",
  keys: [
    { expression: sql.ref("at"), type: "timestamptz" },
    { expression: sql.ref("key"), type: "text" },
  ],
  direction: "desc",
};

/**
 * Reads a page of the timeline of a contact, latest event first. A MEMBER sees only deliveries of its own messages.
 *
 * @param contact one of the caller's organization
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
 */
export function readTimeline(
  { db }: Services,
  caller: Caller,
  { organizationId, id, email, psid }: Contact,
  page: PageArgs,
): Promise<Page<TimelineEntry>> {
  const key = email === null ? null : CHANNEL_RULES.EMAIL.normalizeAddress(email);
  const scope: TimelineScope = {
    organizationId,
    contactId: id,
    addresses: sql`array_remove(array[lower(${email}::text), ${key}::text, ${psid}::text], null)`,
    // A MEMBER without a user sees the objects of no user.
    userId: caller.role === "MEMBER" ? caller.userId ?? "" : null,
  };
  return listPage(db, selectEntries(scope), LATEST_FIRST, page);
}

function selectEntries(scope: TimelineScope) {
  const all: RawBuilder<TimelineEntry> = sql`(${
    sql.join(SOURCES.map((source) => source(scope)), sql` union all `)
  })`;
  return queryBuilder<Record<never, never>>().selectFrom(all.as("entries")).selectAll();
}
