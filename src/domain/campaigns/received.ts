import { type Connection, LONG, statement } from "../../db/database.ts";

// enrolContacts() locks the message, too, so that the two cannot run at the same time.
const LOCK = statement<[organizationId: string, campaignIds: string[]]>(
  "campaigns.lockReceived",
  `select from messages where id = any(array(
     select message_id from campaigns where organization_id = $1 and id = any($2)))
   order by id for no key update`,
);

const MARK = statement<[organizationId: string, campaignIds: string[], contactIds: string[]]>(
  "campaigns.markReceived",
  `insert into enrolments (campaign_id, contact_id, organization_id)
   select c.id, contact_id, c.organization_id
   from campaigns c cross join unnest($3::uuid[]) as u(contact_id)
   where c.organization_id = $1 and c.id = any($2)
   order by 1, 2
   on conflict do nothing`,
  LONG,
);

/**
 * Records that contacts have received the mails of campaigns from another sender, so that they are not enrolled. An
 * enrolled contact stays enrolled.
 *
 * @param campaignIds campaigns of the organization; others are ignored
 */
export async function markReceived(
  tx: Connection,
  organizationId: string,
  campaignIds: readonly string[],
  contactIds: readonly string[],
): Promise<void> {
  if (campaignIds.length === 0) return;
  await tx.run(LOCK, organizationId, [...campaignIds]);
  await tx.run(MARK, organizationId, [...campaignIds], [...contactIds]);
}
