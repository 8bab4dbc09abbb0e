import { type Connection, LONG, statement } from "../../db/database.ts";
import { IS_USABLE } from "../access/api_keys.ts";
import type { Services } from "../services.ts";
import { eventKindOf } from "./events.ts";
import { type AddressedEvent, groupEvents, type Recent } from "./group.ts";
import { type NotifiedUser, userOf } from "./notification.ts";
import { findSettings, waysOf } from "./settings.ts";
import { insertNotifications, mergeNotifications, type Written } from "./write.ts";

/** Maximum number of events that are delivered in one transaction. */
const STEP = 2_000;

interface StoredEvent {
  readonly organizationId: string;
  readonly userId: string | null;
  readonly event: string;
  readonly subjectId: string;
  readonly name: string;
  readonly detail: string | null;
  readonly at: Date;
}

const PENDING = statement<[], { pending: boolean }>(
  "notifications.pending",
  "select exists (select from notification_events) as pending",
);

// Any fixed numbers. One process at a time delivers, so that events of one kind are grouped.
const LOCK = statement<[], { locked: boolean }>(
  "notifications.lock",
  "select pg_try_advisory_xact_lock(1894556021, 2) as locked",
);

const TAKE = statement<[limit: number], StoredEvent>(
  "notifications.take",
  `with taken as (
     delete from notification_events where id = any(array(
       select id from notification_events order by id limit $1))
     returning *
   )
   select organization_id as "organizationId", user_id as "userId", event,
     subject_id as "subjectId", name, detail, at
   from taken order by id`,
  LONG,
);

// Users of API keys are in the table of keys; users of tokens are known only after they have
// subscribed to notifications.
const ADMINS = statement<[organizationIds: string[]], NotifiedUser>(
  "notifications.admins",
  `select organization_id as "organizationId", coalesce(user_id, '') as "userId" from api_keys
   where organization_id = any($1) and role <> 'MEMBER' and ${IS_USABLE}
   union
   select organization_id, user_id from notification_users
   where organization_id = any($1) and role <> 'MEMBER' and seen_at > now() - interval '90 days'`,
);

const RECENT = statement<
  [organizationIds: string[], userIds: string[], events: string[], inApp: boolean[]],
  Recent
>(
  "notifications.recent",
  `select r.rows, r.ids[1] as "openId", coalesce(r.counts[1], 0) as "openCount"
   from unnest($1::uuid[], $2::text[], $3::text[], $4::boolean[]) with ordinality
     as k(organization_id, user_id, event, in_app, n),
     lateral (
       select count(*) as rows,
         array_agg(id order by count desc, id desc) filter (where read_at is null) as ids,
         array_agg(count order by count desc, id desc) filter (where read_at is null) as counts
       from notifications x
       where x.organization_id = k.organization_id and x.user_id = k.user_id
         and x.last_at > now() - interval '1 hour' and x.created_at > now() - interval '1 hour'
         and x.event = k.event and x.in_app = k.in_app
     ) r
   order by k.n`,
);

/**
 * Creates notifications from the events that were appended since the last call, by the settings of their users. Does
 * nothing while another process does so.
 */
export async function deliverNotifications({ db, bus }: Services): Promise<void> {
  const [waiting] = await db.run(PENDING);
  if (!waiting?.pending) return;
  for (let events = STEP; events === STEP;) {
    const step = await db.transaction(deliverStep);
    events = step.events;
    for (const [organizationId, written] of Map.groupBy(step.written, (n) => n.organizationId)) {
      bus.publish("notifications", organizationId, written.map(({ id }) => id));
    }
  }
}

async function deliverStep(tx: Connection): Promise<{ written: Written[]; events: number }> {
  const [lock] = await tx.run(LOCK);
  if (!lock?.locked) return { written: [], events: 0 };
  const events = await tx.run(TAKE, STEP);
  const addressed = await addressEvents(tx, events);
  const written = await writeGroups(tx, addressed);
  return { written, events: events.length };
}

/** Returns the events for each recipient whose settings include them. */
async function addressEvents(
  tx: Connection,
  events: readonly StoredEvent[],
): Promise<AddressedEvent[]> {
  const known = events.flatMap((stored) => {
    const kind = eventKindOf(stored.event);
    return kind ? [{ ...stored, kind }] : [];
  });
  const forAdmins = known.filter(({ kind }) => kind.forAdmins);
  const organizationIds = [...new Set(forAdmins.map(({ organizationId }) => organizationId))];
  const admins = organizationIds.length > 0 ? await tx.run(ADMINS, organizationIds) : [];
  const adminsOf = Map.groupBy(admins, ({ organizationId }) => organizationId);
  const all = known.flatMap((event) => {
    const users = event.kind.forAdmins ? adminsOf.get(event.organizationId) ?? [] : [userOf(event)];
    return users.map((user) => ({ ...event, ...user }));
  });

  const users = new Map(all.map((user) => [keyOf(user), user]));
  const stored = await findSettings(tx, [...users.values()]);
  const settingsOf = new Map(stored.map((user) => [keyOf(user), user]));
  return all.flatMap((event) => {
    const { settings = {}, address = null } = settingsOf.get(keyOf(event)) ?? {};
    const { inApp, byMail } = waysOf(settings, event.kind.topic);
    const mailDue = byMail && address !== null;
    return inApp || mailDue ? [{ ...event, inApp, mailDue }] : [];
  });
}

async function writeGroups(
  tx: Connection,
  events: readonly AddressedEvent[],
): Promise<Written[]> {
  const groups = [
    ...Map.groupBy(events, (event) => `${keyOf(event)} ${event.inApp} ${event.event}`).values(),
  ];
  if (groups.length === 0) return [];
  const firsts = groups.flatMap(([first]) => first ? [first] : []);
  const recent = await tx.run(
    RECENT,
    firsts.map(({ organizationId }) => organizationId),
    firsts.map(({ userId }) => userId),
    firsts.map(({ event }) => event),
    firsts.map(({ inApp }) => inApp),
  );
  const none = { rows: 0, openId: null, openCount: 0 };
  const grouped = groups.map((group, n) => groupEvents(group, recent[n] ?? none));
  const merges = grouped.flatMap(({ merged }) => merged ?? []);
  const merged = await mergeNotifications(tx, merges);
  const ids = new Set(merged.map(({ id }) => id));
  const dismissed = merges.filter(({ id }) => !ids.has(id)).map(({ otherwise }) => otherwise);
  const added = grouped.flatMap(({ added }) => added);
  return [...merged, ...await insertNotifications(tx, [...added, ...dismissed])];
}

function keyOf({ organizationId, userId }: NotifiedUser): string {
  return `${organizationId} ${userId}`;
}
