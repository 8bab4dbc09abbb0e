import { type RawBuilder, sql } from "kysely";
import type { TimelineScope } from "../timeline_source.ts";

/** Times at which a contact was added, and signed up. */
export function contactEntries({ organizationId, contactId }: TimelineScope): RawBuilder<unknown> {
  return sql`select e.at, 'contact ' || e.n as key, 'contact' as noun, c.id as "subjectId", e.text
    from contacts c, lateral (values
      (1, case when c.registered_at is distinct from c.created_at then c.created_at end,
        'Added to the contacts'),
      (2, c.registered_at, 'Signed up')) as e(n, at, text)
    where c.organization_id = ${organizationId} and c.id = ${contactId} and e.at is not null`;
}
