import { statement } from "../../db/database.ts";
import type { Services } from "../services.ts";
import { enrolInCampaign } from "./enrol.ts";

/** Value of `after` for the first page. */
export const FIRST_CONTACT = "00000000-0000-0000-0000-000000000000";

// Small, because registrations wait while a page is written.
const PAGE = 1_000;

const CONTACTS = statement<[campaignId: string, after: string, limit: number], { id: string }>(
  "campaigns.contacts",
  `select k.id from campaigns c cross join lateral (
     select id from contacts
     where organization_id = c.organization_id and id > $2 and erasing_since is null
       and (created_at <= c.send_at or c.send_to_late_contacts)
     order by id limit $3) k
   where c.id = $1 and c.enabled and c.trigger = 'DATE'
   order by 1`,
);

/** Result of enrolling one page of contacts. */
export interface EnrolledPage {
  /** Number of contacts that were read. */
  readonly read: number;
  /** Number of contacts that were not enrolled before. */
  readonly enrolled: number;
  /** Value of `after` for the next page; null: there is none. */
  readonly last: string | null;
}

/**
 * Enrols the next 1,000 contacts in a campaign with a date, in a transaction of its own. Contacts that are enrolled
 * already are skipped, so that a repeated call changes nothing.
 *
 * @param after `last` of the previous page
 */
export async function enrolPage(
  { db, bus }: Services,
  organizationId: string,
  campaignId: string,
  after: string,
): Promise<EnrolledPage> {
  const contacts = await db.run(CONTACTS, campaignId, after, PAGE);
  if (contacts.length === 0) return { read: 0, enrolled: 0, last: null };
  const enrolled = await db.transaction((tx) =>
    enrolInCampaign(tx, campaignId, contacts.map(({ id }) => id))
  );
  if (enrolled) {
    bus.publish("deliveries", organizationId, null);
    bus.publish("messages", organizationId, null);
    bus.publish("campaigns", organizationId, [campaignId]);
  }
  const last = contacts.length < PAGE || enrolled === null ? null : contacts.at(-1)?.id ?? null;
  return { read: contacts.length, enrolled: enrolled ?? 0, last };
}
