import { type RawBuilder, sql } from "kysely";
import type { TimelineScope } from "../timeline_source.ts";

/** Entries of the suppression list for the addresses of a contact. */
export function suppressionEntries(
  { organizationId, addresses }: TimelineScope,
): RawBuilder<unknown> {
  return sql`select s.created_at as at, 'suppression ' || s.id as key, 'suppression' as noun,
      s.id as "subjectId",
      case s.reason when 'UNSUBSCRIBED' then 'Unsubscribed '
        when 'COMPLAINED' then 'Complained, and is suppressed: '
        when 'BOUNCED' then 'A mail bounced, and the address is suppressed: '
        when 'REFUSED' then 'The address was refused, and is suppressed: '
        else 'Put on the suppression list by a person: ' end || s.address as text
    from suppressions s
    where s.organization_id = ${organizationId} and s.address = any(${addresses})`;
}
