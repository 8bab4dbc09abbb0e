import { type RawBuilder, sql } from "kysely";
import type { TimelineScope } from "../timeline_source.ts";

/** Deliveries to the addresses of a contact, with their attempts. */
export function deliveryEntries(
  { organizationId, addresses, userId }: TimelineScope,
): RawBuilder<unknown> {
  return sql`select e.at, 'delivery ' || d.id || ' ' || e.n as key, 'delivery' as noun,
      d.id as "subjectId", '"' || m.title || '" ' || e.text as text
    from deliveries d join messages m on m.id = d.message_id, lateral (
      select d.created_at as at, 0 as n, 'was created' as text
      union all
      select a.finished_at, a.tries, case a.outcome
          when 'SUCCEEDED' then 'was sent' || coalesce(' by ' || a.provider, '')
          when 'FAILED' then 'failed: ' || coalesce(a.error_message, 'for an unknown reason')
          else 'may have arrived: ' || coalesce(a.error_message, 'the answer was lost') end
      from delivery_attempts a where a.delivery_id = d.id
      union all
      select d.updated_at, 100000, case d.status
          when 'SUPPRESSED' then 'was not sent: the address is suppressed ('
            || lower(d.suppression_reason) || ')'
          when 'BOUNCED' then 'bounced' || coalesce(': ' || d.error_message, '')
          else 'was reported as unwanted' end
      where d.status in ('SUPPRESSED', 'BOUNCED', 'COMPLAINED')) e
    where d.organization_id = ${organizationId} and lower(d.address) = any(${addresses})
      and (${userId}::text is null or m.user_id = ${userId})`;
}
