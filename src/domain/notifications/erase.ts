import { eraserOfRows } from "../eraser.ts";

/** Erases events that are not delivered yet. */
export const notificationEventsEraser = eraserOfRows(
  "notifications.eraseEvents",
  "notification_events",
);

/** Erases notifications. */
export const notificationsEraser = eraserOfRows("notifications.erase", "notifications");

/** Erases the settings of users. */
export const notificationUsersEraser = eraserOfRows(
  "notifications.eraseUsers",
  "notification_users",
);
