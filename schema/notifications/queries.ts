import { listNotifications } from "../../src/domain/notifications/list.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { checkFilter } from "../kit/filter.ts";
import { NotificationLevel } from "./enums.ts";
import { NotificationNode } from "./notification.ts";

const NotificationFilter = builder.inputType("NotificationFilter", {
  description:
    "Filter of notifications: all fields must match, within a list any value. Absent or null: no limit; " +
    "an empty list is an InvalidInputError.",
  fields: (t) => ({
    unread: t.boolean({ description: "True: unread ones; false: read ones." }),
    levels: t.field({ type: [NotificationLevel], description: "Severities." }),
  }),
});

builder.queryField("notifications", (t) =>
  t.connection({
    type: NotificationNode,
    description:
      "Notifications of the caller's user, latest event first. Callers of an organization without a user share " +
      "theirs.",
    args: {
      filter: t.arg({
        type: NotificationFilter,
        description: "Filter of the notifications; absent: all.",
      }),
    },
    resolve: (_root, { filter, ...page }, { services, caller }) =>
      listNotifications(services, caller, checkFilter(filter), page),
  }, ...connectionNames("Notification")));
