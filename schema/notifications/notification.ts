import { findNotifications } from "../../src/domain/notifications/list.ts";
import type { Notification } from "../../src/domain/notifications/notification.ts";
import { builder } from "../kit/builder.ts";
import { NotificationLevel } from "./enums.ts";

/** A notification of the caller's user. */
export const NotificationNode = builder.loadableNodeRef("Notification", {
  id: { resolve: ({ id }: Notification) => id },
  load: (ids: string[], { services, caller }) => findNotifications(services, caller, ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

NotificationNode.implement({
  description:
    "Event that the user of the caller is notified of: the end or pause of a message, the end of " +
    "a job or a bulk action that the user started, or a new problem. After five of one kind " +
    "within an hour, further events share one notification until it is read. Kept for 90 days.",
  fields: (t) => ({
    level: t.expose("level", { type: NotificationLevel, description: "Severity." }),
    title: t.exposeString("title", { description: "One sentence for people." }),
    body: t.exposeString("body", {
      nullable: true,
      description: "Further text for people, for example the error; null: none.",
    }),
    count: t.exposeInt("count", { description: "Number of events." }),
    createdAt: t.expose("createdAt", {
      type: "DateTime",
      description: "Time of the event; of several, of the first one.",
    }),
    lastAt: t.expose("lastAt", { type: "DateTime", description: "Time of the last event." }),
    readAt: t.expose("readAt", {
      type: "DateTime",
      nullable: true,
      description: "Time at which it was marked as read; null: unread.",
    }),
    subject: t.node({
      description:
        "Message, job, bulk action or problem; of several events, of the last one. Null if it was deleted or the " +
        "caller may not see it.",
      id: ({ subject }) => subject,
    }),
  }),
});
