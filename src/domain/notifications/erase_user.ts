import { type Connection, LONG, statement } from "../../db/database.ts";
import type { ErasedUser } from "../person.ts";

const ERASE = statement<[organizationId: string, userId: string], { erased: number }>(
  "notifications.eraseUser",
  `with events as (
     delete from notification_events where organization_id = $1 and user_id = $2 returning id
   ),
   listed as (
     delete from notifications where organization_id = $1 and user_id = $2 returning id
   ),
   settings as (
     delete from notification_users where organization_id = $1 and user_id = $2 returning user_id
   )
   select ((select count(*) from events) + (select count(*) from listed)
     + (select count(*) from settings))::int as erased`,
  LONG,
);

/** Deletes the notifications of a user, with its settings. */
export async function eraseNotificationsOfUser(
  db: Connection,
  { organizationId, userId }: ErasedUser,
): Promise<number> {
  const [row] = await db.run(ERASE, organizationId, userId);
  return row?.erased ?? 0;
}
