import { type RawBuilder, sql } from "kysely";
import type { TimelineScope } from "../timeline_source.ts";

/** Orders of a contact, with the latest reported state of each. */
export function orderEntries({ organizationId, addresses }: TimelineScope): RawBuilder<unknown> {
  return sql`select e.at, 'order ' || o.id || ' ' || e.n as key, 'order' as noun,
      o.id as "subjectId", e.text
    from orders o, lateral (values
      (1, o.placed_at, 'Placed order ' || o.number || ' for '
        || to_char(o.total_micros / 1000000.0, 'FM999999999990.009999') || ' ' || o.currency),
      (2, case when o.source_updated_at > o.placed_at then o.source_updated_at end,
        'Order ' || o.number || ': ' || o.status)) as e(n, at, text)
    where o.organization_id = ${organizationId} and o.contact_email = any(${addresses})
      and e.at is not null`;
}
