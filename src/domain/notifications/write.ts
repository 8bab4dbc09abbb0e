import { type Connection, LONG, statement } from "../../db/database.ts";
import type { NotificationContent } from "./group.ts";

/** A notification that was written. */
export interface Written {
  readonly id: string;
  readonly organizationId: string;
}

const FIELDS = `event text, level text, title text, body text, subject text, count int,
  "createdAt" timestamptz, "lastAt" timestamptz, "inApp" boolean, "mailDue" boolean`;

const INSERT = statement<[notifications: string], Written>(
  "notifications.insert",
  `insert into notifications (organization_id, user_id, event, level, title, body, subject, count,
     created_at, last_at, in_app, mail_due)
   select "organizationId", "userId", event, level, title, body, subject, count, "createdAt", "lastAt",
     "inApp", "mailDue"
   from json_to_recordset($1::json) as r("organizationId" uuid, "userId" text, ${FIELDS})
   returning id, organization_id as "organizationId"`,
  LONG,
);

/** Adds notifications. */
export async function insertNotifications(
  tx: Connection,
  contents: readonly NotificationContent[],
): Promise<Written[]> {
  return contents.length > 0 ? await tx.run(INSERT, JSON.stringify(contents)) : [];
}

// Locked in the order of ids, as by all statements that change several, so that they cannot deadlock.
const MERGE = statement<[notifications: string], Written>(
  "notifications.merge",
  `with r as materialized (
     select * from json_to_recordset($1::json) as r(id uuid, ${FIELDS})
   ),
   locked as materialized (
     select id from notifications where id = any(array(select id from r))
     order by id for no key update
   )
   update notifications n set title = r.title, body = r.body, subject = r.subject, count = r.count,
     last_at = greatest(n.last_at, r."lastAt"), read_at = null, mail_due = n.mail_due or r."mailDue"
   from r where n.id = r.id and n.id = any(array(select id from locked))
   returning n.id, n.organization_id as "organizationId"`,
);

/** Replaces the contents of notifications, which are unread then. Returns those that still exist. */
export async function mergeNotifications(
  tx: Connection,
  merges: readonly { readonly id: string; readonly content: NotificationContent }[],
): Promise<Written[]> {
  const rows = merges.map(({ id, content }) => ({ id, ...content }));
  return rows.length > 0 ? await tx.run(MERGE, JSON.stringify(rows)) : [];
}
