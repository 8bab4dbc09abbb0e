import { type Connection, statement } from "../../db/database.ts";
import type { Caller, Role } from "../access/access.ts";
import { InvalidInputError, type Issue } from "../errors.ts";
import { issuesOfAddress } from "../mailbox.ts";
import type { Services } from "../services.ts";
import { type NotificationTopic, TOPICS } from "./events.ts";
import { type NotifiedUser, userOf } from "./notification.ts";

/** Settings of the notifications of one topic. */
export interface Ways {
  /** Whether they are listed and shown as toasts. */
  readonly inApp: boolean;
  readonly byMail: boolean;
}

/** Setting of one topic. */
export interface NotificationSetting extends Ways {
  readonly topic: NotificationTopic;
}

/** Settings as they are stored: topics that the user has changed. */
export type StoredSettings = { readonly [Topic in NotificationTopic]?: Ways };

/** Settings of a user. */
export interface NotificationSettings {
  readonly settings: StoredSettings;
  /** Address that the user has set; null: none. */
  readonly email: string | null;
  /** Address that mails are sent to: for an ADMIN without one that of the organization. Null: none are sent. */
  readonly address: string | null;
}

const DEFAULT: Ways = { inApp: true, byMail: false };
const ALL_TOPICS = Object.keys(TOPICS) as NotificationTopic[];

/** SQL: the address of a row `u` of notification_users, whose organization is the row `o`; null: none. */
export const ADDRESS = "coalesce(u.email, case when u.role <> 'MEMBER' then o.admin_email end)";

/** Returns the setting of a topic; the default unless the user has changed it. */
export function waysOf(settings: StoredSettings, topic: NotificationTopic): Ways {
  return settings[topic] ?? DEFAULT;
}

/** Returns the settings of all topics. */
export function settingsList(settings: StoredSettings): NotificationSetting[] {
  return ALL_TOPICS.map((topic) => ({ topic, ...waysOf(settings, topic) }));
}

const FIND = statement<
  [organizationIds: string[], userIds: string[]],
  NotifiedUser & NotificationSettings
>(
  "notifications.settings",
  `select u.organization_id as "organizationId", u.user_id as "userId", u.settings, u.email,
     ${ADDRESS} as address
   from unnest($1::uuid[], $2::text[]) as w(organization_id, user_id)
     join notification_users u using (organization_id, user_id)
     join organizations o on o.id = u.organization_id`,
);

/** Reads the settings of users; users who have never changed a setting or subscribed are absent. */
export function findSettings(
  db: Connection,
  users: readonly NotifiedUser[],
): Promise<(NotifiedUser & NotificationSettings)[]> {
  return db.run(
    FIND,
    users.map(({ organizationId }) => organizationId),
    users.map(({ userId }) => userId),
  );
}

const ADMIN_EMAIL = statement<[organizationId: string], { adminEmail: string | null }>(
  "notifications.adminEmail",
  `select admin_email as "adminEmail" from organizations where id = $1`,
);

/** Reads the settings of the caller's user. */
export async function getSettings(
  { db }: Services,
  caller: Caller,
): Promise<NotificationSettings> {
  const [stored] = await findSettings(db, [userOf(caller)]);
  if (stored) return stored;
  const [organization] = caller.role === "MEMBER"
    ? []
    : await db.run(ADMIN_EMAIL, caller.organizationId);
  return { settings: {}, email: null, address: organization?.adminEmail ?? null };
}

const UPDATE = statement<
  [
    organizationId: string,
    userId: string,
    role: Role,
    settings: string,
    setsEmail: boolean,
    email: string | null,
  ]
>(
  "notifications.updateSettings",
  `insert into notification_users as u (organization_id, user_id, role, settings, email)
   values ($1, $2, $3, $4::jsonb, $6)
   on conflict (organization_id, user_id) do update set role = excluded.role, seen_at = now(),
     settings = u.settings || excluded.settings,
     email = case when $5 then excluded.email else u.email end`,
);

/**
 * Changes the settings of the caller's user. Topics that are not listed keep theirs.
 *
 * @param email address for mails; absent: unchanged; null: none, so that an ADMIN gets them at the address of the
 *   organization's administrators
 * @throws {InvalidInputError} paths `email`, and `input.<n>.topic` for a topic that is listed twice
 */
export async function updateSettings(
  { db }: Services,
  caller: Caller,
  settings: readonly NotificationSetting[],
  email?: string | null,
): Promise<void> {
  const issues = [...issuesOfTopics(settings), ...issuesOfAddress(email, ["email"])];
  if (issues.length > 0) throw new InvalidInputError(issues);
  const changed = settings.map(({ topic, inApp, byMail }) => [topic, { inApp, byMail }]);
  const { organizationId, userId } = userOf(caller);
  await db.run(
    UPDATE,
    organizationId,
    userId,
    caller.role,
    JSON.stringify(Object.fromEntries(changed)),
    email !== undefined,
    email?.trim() ?? null,
  );
}

function issuesOfTopics(settings: readonly NotificationSetting[]): Issue[] {
  const topics = settings.map(({ topic }) => topic);
  return topics.flatMap((topic, index) =>
    topics.indexOf(topic) === index ? [] : {
      path: ["input", `${index}`, "topic"],
      code: "DUPLICATE",
      message: `repeats the topic ${topic}`,
    }
  );
}

const REMEMBER = statement<[organizationId: string, userId: string, role: Role]>(
  "notifications.rememberUser",
  `insert into notification_users as u (organization_id, user_id, role) values ($1, $2, $3)
   on conflict (organization_id, user_id) do update set role = excluded.role, seen_at = now()
   where u.seen_at < now() - interval '1 hour' or u.role <> excluded.role`,
);

/** Stores that a user exists, with its role: the holder of a token is not known before. */
export async function rememberUser(db: Connection, caller: Caller): Promise<void> {
  const { organizationId, userId } = userOf(caller);
  await db.run(REMEMBER, organizationId, userId, caller.role);
}
