import {
  type NotificationChange,
  watchNotifications,
} from "../../src/domain/notifications/watch.ts";
import type { Toast } from "../../src/domain/notifications/toast.ts";
import { ViewerNode } from "../access/viewer.ts";
import { builder } from "../kit/builder.ts";
import { listChangeType } from "../kit/list_change.ts";
import { NotificationLevel } from "./enums.ts";
import { NotificationNode } from "./notification.ts";

const ToastObject = builder.objectRef<Toast>("Toast").implement({
  description:
    "Notification that is shown at once and not stored: an object of the user has started.",
  fields: (t) => ({
    level: t.expose("level", { type: NotificationLevel, description: "Severity." }),
    title: t.exposeString("title", { description: "One sentence for people." }),
    subject: t.node({
      description: "Message, job or bulk action; null if it was deleted.",
      id: ({ subject }) => subject,
    }),
  }),
});

const NotificationChanges = listChangeType<typeof NotificationNode.$inferType, NotificationChange>(
  "notification",
  NotificationNode,
  "NotificationChanges",
);

builder.objectFields(NotificationChanges, (t) => ({
  toast: t.field({
    type: ToastObject,
    nullable: true,
    description:
      "Start of a message, job or bulk action, at most once per event; some are left out if many start at " +
      "once. Null: the list has changed.",
    resolve: ({ toast }) => toast,
  }),
  viewer: t.field({
    type: ViewerNode,
    description: "Caller, with the number of unread notifications.",
    resolve: (_change, _args, { caller }) => caller,
  }),
}));

builder.subscriptionField("notificationsUpdated", (t) =>
  t.field({
    type: NotificationChanges,
    description:
      "Emits the first page of the notifications of the caller's user, latest event first, then the changes of " +
      "the list, and toasts.",
    subscribe: (_root, _args, { services, caller }) => watchNotifications(services, caller),
    resolve: (change) => change,
  }));
