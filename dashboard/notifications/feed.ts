import type { Level, Notification, NotificationsEvent } from "./operations.ts";

/** A toast: the start of an object, or a notification that has just arrived. */
export interface ToastContent {
  /** Different for each toast of a page. */
  readonly key: string;
  readonly level: Level;
  readonly title: string;
  readonly body: string | null;
  /** Id of the object; null: deleted. */
  readonly subjectId: string | null;
  /** Its notification; null for a start. */
  readonly notificationId: string | null;
}

/** The notifications of the user, as the events of this page have built them up. */
export interface Feed {
  /** The latest ones, latest event first. */
  readonly notifications: readonly Notification[];
  readonly unread: number;
  /** The last toasts, oldest first. */
  readonly toasts: readonly ToastContent[];
  /** Number of events. */
  readonly events: number;
}

/** The feed before the first event. */
export const EMPTY_FEED: Feed = { notifications: [], unread: 0, toasts: [], events: 0 };

const MAX_NOTIFICATIONS = 50;
const MAX_TOASTS = 20;

/** The feed after an event. */
export function reduceFeed(feed: Feed, event: NotificationsEvent): Feed {
  const { reset, changed, removedIds, toast, viewer } = event;
  const known = new Map(feed.notifications.map((notification) => [notification.id, notification]));
  // The first page may hold old notifications, so that only later ones are shown as toasts.
  const arrived = reset
    ? []
    : changed.filter(({ id, readAt, count }) =>
      readAt === null && count > (known.get(id)?.count ?? 0)
    );
  const next = reset ? new Map<string, Notification>() : known;
  for (const notification of changed) next.set(notification.id, notification);
  for (const id of removedIds) next.delete(id);
  const started = toast ? [startOf(toast, feed.events)] : [];
  return {
    notifications: [...next.values()].sort((a, b) => b.lastAt.localeCompare(a.lastAt))
      .slice(0, MAX_NOTIFICATIONS),
    unread: viewer.unreadNotificationCount,
    toasts: [...feed.toasts, ...started, ...arrived.map(arrivalOf)].slice(-MAX_TOASTS),
    events: feed.events + 1,
  };
}

function startOf(
  { level, title, subject }: NonNullable<NotificationsEvent["toast"]>,
  event: number,
): ToastContent {
  const subjectId = subject?.id ?? null;
  return { key: `start ${event}`, level, title, body: null, subjectId, notificationId: null };
}

function arrivalOf({ id, level, title, body, count, subject }: Notification): ToastContent {
  const subjectId = subject?.id ?? null;
  return { key: `${id} ${count}`, level, title, body, subjectId, notificationId: id };
}
