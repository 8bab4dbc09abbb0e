import { type RawBuilder, sql } from "kysely";
import type { TimelineScope } from "../timeline_source.ts";

/** Mails from the addresses of a contact, and to them. Mails of the inbox lead to their threads. */
export function emailEntries({ organizationId, addresses }: TimelineScope): RawBuilder<unknown> {
  return sql`select e.received_at, 'email ' || e.id as key,
      case when e.thread_id is null then 'email' else 'thread' end as noun,
      coalesce(e.thread_id, e.id) as "subjectId",
      case when e.from_address = any(${addresses}) then 'Wrote "' else 'Got the mail "' end
        || e.subject || '"' as text
    from emails e
    where e.organization_id = ${organizationId}
      and (e.from_address = any(${addresses}) or e.to_addresses && ${addresses})`;
}
