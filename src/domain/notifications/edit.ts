import { LONG, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import { findNotifications, NOTIFICATION_COLUMNS } from "./list.ts";
import { type Notification, userOf } from "./notification.ts";

// SQL: ids of the notifications of a user, locked in the order of ids; see `mergeNotifications`.
const locked = (condition: string) =>
  `select id from notifications
   where organization_id = $1 and user_id = $2 and in_app and ${condition}
     and ($3::uuid[] is null or id = any($3))
   order by id for update`;

type Selected = [organizationId: string, userId: string, ids: string[] | null];

const MARK_READ = statement<Selected, Notification>(
  "notifications.markRead",
  `update notifications set read_at = now(), mail_due = false
   where id = any(array(${locked("read_at is null")}))
   returning ${NOTIFICATION_COLUMNS}`,
  LONG,
);

const DISMISS = statement<Selected, { id: string }>(
  "notifications.dismiss",
  `delete from notifications where id = any(array(${locked("true")})) returning id`,
  LONG,
);

/**
 * Marks notifications of the caller's user as read, so that they are not mailed any more. One that was read before
 * keeps its time.
 *
 * @param ids null: all
 * @returns the notifications; for all of them, those that were unread
 * @throws {NotFoundError} naming each unknown id; nothing is changed then
 */
export async function markRead(
  services: Services,
  caller: Caller,
  ids: readonly string[] | null,
): Promise<Notification[]> {
  const { db, bus } = services;
  const { organizationId, userId } = userOf(caller);
  const wanted = ids && [...new Set(ids)];
  if (wanted) await checkIds(services, caller, wanted);
  const marked = await db.run(MARK_READ, organizationId, userId, wanted);
  bus.publish("notifications", organizationId, marked.map(({ id }) => id));
  return wanted ? await findNotifications(services, caller, wanted) : marked;
}

/**
 * Deletes notifications of the caller's user.
 *
 * @param ids null: all
 * @returns the ids
 * @throws {NotFoundError} naming each unknown id; nothing is deleted then
 */
export async function dismiss(
  services: Services,
  caller: Caller,
  ids: readonly string[] | null,
): Promise<string[]> {
  const { db, bus } = services;
  const { organizationId, userId } = userOf(caller);
  const wanted = ids && [...new Set(ids)];
  if (wanted) await checkIds(services, caller, wanted);
  const gone = (await db.run(DISMISS, organizationId, userId, wanted)).map(({ id }) => id);
  bus.publish("notifications", organizationId, gone);
  return wanted ?? gone;
}

async function checkIds(
  services: Services,
  caller: Caller,
  ids: readonly string[],
): Promise<void> {
  const found = new Set((await findNotifications(services, caller, ids)).map(({ id }) => id));
  const missing = ids.filter((id) => !found.has(id));
  if (missing.length > 0) {
    throw new NotFoundError(missing.map((id) => toTypeId("notification", id)));
  }
}
