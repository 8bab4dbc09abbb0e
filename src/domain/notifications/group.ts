import { toTypeId } from "../id.ts";
import type { EventKind } from "./events.ts";
import type { NotificationLevel, NotifiedUser } from "./notification.ts";

/** Number of notifications of one kind that a user gets within an hour before they are grouped. */
export const MAX_SINGLE = 5;

/** An event for one of its recipients. */
export interface AddressedEvent extends NotifiedUser {
  readonly event: string;
  readonly kind: EventKind;
  readonly subjectId: string;
  readonly name: string;
  readonly detail: string | null;
  readonly at: Date;
  readonly inApp: boolean;
  /** Whether it is to be mailed. */
  readonly mailDue: boolean;
}

/** The notifications of one kind that a user got within the last hour. */
export interface Recent {
  readonly rows: number;
  /** The unread one with the most events; null: none. */
  readonly openId: string | null;
  /** Number of its events. */
  readonly openCount: number;
}

/** Content of a notification that is to be written. */
export interface NotificationContent extends NotifiedUser {
  readonly event: string;
  readonly level: NotificationLevel;
  readonly title: string;
  readonly body: string | null;
  readonly subject: string;
  readonly count: number;
  readonly createdAt: Date;
  readonly lastAt: Date;
  readonly inApp: boolean;
  readonly mailDue: boolean;
}

/** Changes of notifications by events of one kind for one user. */
export interface GroupedEvents {
  /** Notifications to add. */
  readonly added: readonly NotificationContent[];
  /** Notification that counts further events; null: none. */
  readonly merged: {
    readonly id: string;
    readonly content: NotificationContent;
    /** Notification to add if the one to merge with was dismissed meanwhile. */
    readonly otherwise: NotificationContent;
  } | null;
}

/**
 * Groups events of one kind for one user: the first five within an hour are notifications of their own, and the
 * further ones share one until it is read. Pure.
 *
 * @param events at least one, oldest first
 */
export function groupEvents(
  events: readonly AddressedEvent[],
  { rows, openId, openCount }: Recent,
): GroupedEvents {
  const single = Math.max(0, MAX_SINGLE - rows);
  const added = events.slice(0, single).map((event) => contentOf([event], 0));
  const rest = events.slice(single);
  if (rest.length === 0) return { added, merged: null };
  const otherwise = contentOf(rest, 0);
  if (single > 0 || openId === null) return { added: [...added, otherwise], merged: null };
  const content = contentOf(rest, openCount);
  return { added, merged: { id: openId, content, otherwise } };
}

function contentOf(events: readonly AddressedEvent[], before: number): NotificationContent {
  const [first, last] = [events[0], events.at(-1)];
  if (!first || !last) throw new Error("Cannot notify of no event");
  const { organizationId, userId, event, kind, inApp, mailDue, name, detail } = last;
  const count = before + events.length;
  const title = kind.title(name);
  return {
    organizationId,
    userId,
    event,
    level: kind.level,
    title: count === 1 ? title : kind.titleOfMany(count),
    body: count === 1 ? detail : ["Latest", title, ...detail === null ? [] : [detail]].join(": "),
    subject: toTypeId(kind.subject, last.subjectId),
    count,
    createdAt: first.at,
    lastAt: last.at,
    inApp,
    mailDue,
  };
}
