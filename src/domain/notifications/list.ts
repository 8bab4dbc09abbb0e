import { sql } from "kysely";
import { columnList, type TableOf } from "../../db/columns.ts";
import { queryBuilder, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { listPage, type Page, type PageArgs, type Sort } from "../page.ts";
import type { Services } from "../services.ts";
import { type Notification, type NotificationLevel, userOf } from "./notification.ts";

/** Filter of a list of notifications: fields are combined with AND, values of a field with OR. */
export interface NotificationFilter {
  readonly ids?: readonly string[] | null;
  /** True: unread ones; false: read ones. */
  readonly unread?: boolean | null;
  readonly levels?: readonly NotificationLevel[] | null;
}

const COLUMNS = [
  "id",
  "level",
  "title",
  "body",
  "subject",
  "count",
  "created_at as createdAt",
  "last_at as lastAt",
  "read_at as readAt",
] as const;

interface Tables {
  notifications: TableOf<Notification, typeof COLUMNS> & {
    organization_id: string;
    user_id: string;
    in_app: boolean;
  };
}

/** Columns of a notification, under the names of `Notification`. */
export const NOTIFICATION_COLUMNS = columnList(COLUMNS);

const LATEST: Sort = {
  name: "last_at desc",
  keys: [
    { expression: sql.ref("last_at"), type: "timestamptz" },
    { expression: sql.ref("id"), type: "uuid" },
  ],
  direction: "desc",
};

/**
 * Reads a page of the notifications of the caller's user, latest event first.
 *
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
 */
export async function listNotifications(
  { db }: Services,
  caller: Caller,
  { ids, unread, levels }: NotificationFilter,
  page: PageArgs,
): Promise<Page<Notification>> {
  const { organizationId, userId } = userOf(caller);
  let query = queryBuilder<Tables>().selectFrom("notifications").select(COLUMNS)
    .where("organization_id", "=", organizationId)
    .where("user_id", "=", userId)
    .where("in_app", "=", true);
  if (ids) query = query.where("id", "in", [...ids]);
  if (unread != null) query = query.where("read_at", unread ? "is" : "is not", null);
  if (levels) query = query.where("level", "in", [...levels]);
  return await listPage(db, query, LATEST, page);
}

const FIND = statement<[organizationId: string, userId: string, ids: string[]], Notification>(
  "notifications.find",
  `select ${NOTIFICATION_COLUMNS} from notifications
   where organization_id = $1 and user_id = $2 and in_app and id = any($3)`,
);

/** Finds notifications of the caller's user by id, in any order. */
export function findNotifications(
  { db }: Pick<Services, "db">,
  caller: Caller,
  ids: readonly string[],
): Promise<Notification[]> {
  const { organizationId, userId } = userOf(caller);
  return db.run(FIND, organizationId, userId, [...ids]);
}

const COUNT_UNREAD = statement<[organizationId: string, userId: string], { count: number }>(
  "notifications.countUnread",
  `select count(*) as count from notifications
   where organization_id = $1 and user_id = $2 and in_app and read_at is null`,
);

/** Counts the unread notifications of the caller's user. */
export async function countUnread({ db }: Services, caller: Caller): Promise<number> {
  const { organizationId, userId } = userOf(caller);
  const [row] = await db.run(COUNT_UNREAD, organizationId, userId);
  return row?.count ?? 0;
}
