import { type Connection, statement } from "../../db/database.ts";
import { ADDRESS } from "./settings.ts";

/** A user who gets a mail about notifications. */
export interface DueMail {
  /** Id of the user's row. */
  readonly id: string;
  readonly organizationId: string;
  readonly userId: string;
  readonly address: string;
  /** Number of the mail, from 1. */
  readonly number: number;
}

/** A notification in a mail. */
export interface MailedNotification {
  readonly id: string;
  readonly title: string;
  readonly body: string | null;
  readonly count: number;
}

// Later mails wait, so that a thousand failures within minutes cause two mails.
const DUE = statement<[limit: number], DueMail>(
  "notifications.dueMails",
  `select u.id, u.organization_id as "organizationId", u.user_id as "userId", ${ADDRESS} as address,
     u.mail_number + 1 as number
   from (select distinct organization_id, user_id from notifications where mail_due) d
     join notification_users u using (organization_id, user_id)
     join organizations o on o.id = u.organization_id
   where ${ADDRESS} is not null and o.deleting_since is null
     and (u.mailed_at is null or u.mailed_at <= now() - interval '10 minutes')
   order by u.mailed_at nulls first, u.id limit $1`,
);

/** Finds the users who get a mail now: the first one at once, and further ones ten minutes later. */
export function findDueMails(db: Connection, limit: number): Promise<DueMail[]> {
  return db.run(DUE, limit);
}

const CONTENT = statement<[organizationId: string, userId: string], MailedNotification>(
  "notifications.mailContent",
  `select id, title, body, count from notifications
   where organization_id = $1 and user_id = $2 and mail_due order by last_at desc, id desc`,
);

/** Reads the notifications of a mail, latest first. */
export function readMailContent(
  db: Connection,
  { organizationId, userId }: DueMail,
): Promise<MailedNotification[]> {
  return db.run(CONTENT, organizationId, userId);
}

// A notification that has counted further events since then waits for the next mail.
const RECORD = statement<[id: string, number: number, ids: string[], counts: number[]]>(
  "notifications.recordMail",
  `with mailed as materialized (
     update notification_users set mailed_at = now(), mail_number = $2
     where id = $1 and mail_number <= $2
     returning id
   ),
   locked as materialized (
     select n.id, n.in_app from notifications n join unnest($3::uuid[], $4::int[]) as r(id, count) using (id)
     where n.count = r.count and exists (select from mailed)
     order by n.id for no key update of n
   ),
   gone as (
     delete from notifications where id = any(array(select id from locked where not in_app))
   )
   update notifications set mail_due = false
   where id = any(array(select id from locked where in_app))`,
);

/**
 * Records a mail, after its message was stored.
 *
 * @param mailed notifications that it lists; the others wait for the next mail
 */
export async function recordMail(
  db: Connection,
  { id, number }: DueMail,
  mailed: readonly MailedNotification[],
): Promise<void> {
  await db.run(
    RECORD,
    id,
    number,
    mailed.map((notification) => notification.id),
    mailed.map(({ count }) => count),
  );
}
