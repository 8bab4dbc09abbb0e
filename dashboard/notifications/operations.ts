import { Failure, graphql, type ResultOf } from "../api/graphql.ts";

/** Fields of a notification. */
export const NotificationFields = graphql(`
  fragment NotificationFields on Notification {
    id
    level
    title
    body
    count
    lastAt
    readAt
    subject { __typename id }
  }
`);

/** A notification of the signed-in user. */
export type Notification = ResultOf<typeof NotificationFields>;

/** Severity of a notification. */
export type Level = Notification["level"];

/** Follows the notifications of the user, and the starts of their objects. */
export const NotificationsUpdated = graphql(
  `
  subscription NotificationsUpdated {
    notificationsUpdated {
      reset
      changed { ...NotificationFields }
      removedIds
      toast { level title subject { __typename id } }
      viewer { id unreadNotificationCount }
    }
  }
`,
  [NotificationFields],
);

/** Event of `NotificationsUpdated`. */
export type NotificationsEvent = ResultOf<typeof NotificationsUpdated>["notificationsUpdated"];

/** Marks notifications as read; without ids all of them. */
export const MarkNotificationsRead = graphql(
  `
  mutation MarkNotificationsRead($ids: [ID!]) {
    markNotificationsRead(ids: $ids) {
      __typename
      ... on MarkNotificationsReadPayload {
        viewer { id unreadNotificationCount }
        notifications { id readAt }
      }
      ...Failure
    }
  }
`,
  [Failure],
);

/** Deletes notifications; without ids all of them. */
export const DismissNotifications = graphql(
  `
  mutation DismissNotifications($ids: [ID!]) {
    dismissNotifications(ids: $ids) {
      __typename
      ... on DismissNotificationsPayload { viewer { id unreadNotificationCount } removedIds }
      ...Failure
    }
  }
`,
  [Failure],
);
