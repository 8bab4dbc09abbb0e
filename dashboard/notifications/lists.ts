import { graphql } from "../api/graphql.ts";
import { liveListOf } from "../kit/live_list.ts";
import { NotificationFields } from "./operations.ts";

/** Reads a page of all notifications. */
export const NotificationsQuery = graphql(
  `
  query Notifications($first: Int, $after: String) {
    notifications(first: $first, after: $after) {
      nodes { ...NotificationFields }
      totalCount
      pageInfo { hasNextPage endCursor }
    }
  }
`,
  [NotificationFields],
);

/** Reads a page of the unread notifications. */
export const UnreadNotificationsQuery = graphql(
  `
  query UnreadNotifications($first: Int, $after: String) {
    notifications(filter: { unread: true }, first: $first, after: $after) {
      nodes { ...NotificationFields }
      totalCount
      pageInfo { hasNextPage endCursor }
    }
  }
`,
  [NotificationFields],
);

// Different from the operation of the feed, because subscribers of one operation share its first event.
const NotificationListUpdated = graphql(
  `
  subscription NotificationListUpdated {
    notificationsUpdated { reset changed { ...NotificationFields } removedIds }
  }
`,
  [NotificationFields],
);

/** The live list of all notifications, latest event first. */
export const ALL = liveListOf({
  query: NotificationsQuery,
  page: ({ notifications }) => notifications,
  subscription: NotificationListUpdated,
  changes: ({ notificationsUpdated }) => notificationsUpdated,
});

/** The live list of the unread notifications; one that was read leaves it. */
export const UNREAD = liveListOf({
  query: UnreadNotificationsQuery,
  page: ({ notifications }) => notifications,
  subscription: NotificationListUpdated,
  changes({ notificationsUpdated: { reset, changed, removedIds } }) {
    const read = changed.filter(({ readAt }) => readAt !== null).map(({ id }) => id);
    return {
      reset,
      changed: changed.filter(({ readAt }) => readAt === null),
      removedIds: [...removedIds, ...read],
    };
  },
});
