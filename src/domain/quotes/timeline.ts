import { type RawBuilder, sql } from "kysely";
import type { TimelineScope } from "../timeline_source.ts";

/** Requests for quotes by a contact, with the latest result of each. */
export function quoteEntries({ organizationId, contactId }: TimelineScope): RawBuilder<unknown> {
  return sql`select e.at, 'quote ' || q.id || ' ' || e.n as key, 'quote' as noun,
      q.id as "subjectId", e.text
    from quotes q, lateral (values
      (1, q.created_at, 'Asked for a quote'),
      (2, q.ai_processed_at, case q.status
        when 'AI_ERROR' then 'The quote failed: ' || coalesce(q.error_message, q.error_type)
        else 'The quote got an estimate of ' || (q.estimate ->> 'total') || ' '
          || (q.estimate ->> 'currency') end)) as e(n, at, text)
    where q.organization_id = ${organizationId} and q.contact_id = ${contactId}
      and e.at is not null and e.text is not null`;
}
