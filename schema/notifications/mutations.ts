import type { Caller } from "../../src/domain/access/access.ts";
import { fromTypeIds, toTypeId } from "../../src/domain/id.ts";
import { dismiss, markRead } from "../../src/domain/notifications/edit.ts";
import type { Notification } from "../../src/domain/notifications/notification.ts";
import { updateSettings } from "../../src/domain/notifications/settings.ts";
import { ViewerNode } from "../access/viewer.ts";
import { builder } from "../kit/builder.ts";
import { NotificationTopic } from "./enums.ts";
import { NotificationNode } from "./notification.ts";
import "./viewer.ts";

interface MarkedNotifications {
  readonly caller: Caller;
  readonly notifications: readonly Notification[];
}

interface DismissedNotifications {
  readonly caller: Caller;
  readonly removedIds: readonly string[];
}

const MarkNotificationsReadPayload = builder
  .objectRef<MarkedNotifications>("MarkNotificationsReadPayload").implement({
    description: "Notifications that are read.",
    fields: (t) => ({
      viewer: t.field({
        type: ViewerNode,
        description: "Caller, with the number of notifications that are still unread.",
        resolve: ({ caller }) => caller,
      }),
      notifications: t.field({
        type: [NotificationNode],
        description: "The notifications; without `ids`, those that were unread.",
        resolve: ({ notifications }) => [...notifications],
      }),
    }),
  });

const DismissNotificationsPayload = builder
  .objectRef<DismissedNotifications>("DismissNotificationsPayload").implement({
    description: "Notifications that were deleted.",
    fields: (t) => ({
      viewer: t.field({
        type: ViewerNode,
        description: "Caller, with the number of notifications that are still unread.",
        resolve: ({ caller }) => caller,
      }),
      removedIds: t.idList({
        description: "Ids of the deleted notifications.",
        resolve: ({ removedIds }) => removedIds.map((id) => toTypeId("notification", id)),
      }),
    }),
  });

const UpdateNotificationSettingsPayload = builder
  .objectRef<Caller>("UpdateNotificationSettingsPayload").implement({
    description: "Changed settings of notifications.",
    fields: (t) => ({
      viewer: t.field({
        type: ViewerNode,
        description: "Caller, with the settings.",
        resolve: (caller) => caller,
      }),
    }),
  });

const NotificationSettingInput = builder.inputType("NotificationSettingInput", {
  description: "Setting of one topic.",
  fields: (t) => ({
    topic: t.field({ type: NotificationTopic, required: true, description: "Topic." }),
    inApp: t.boolean({
      required: true,
      defaultValue: true,
      description: "True: notifications are listed and shown as toasts.",
    }),
    byMail: t.boolean({
      required: true,
      defaultValue: false,
      description: "True: notifications are mailed.",
    }),
  }),
});

const idsOf = (ids: readonly string[] | null | undefined) =>
  ids ? fromTypeIds("notification", ids, ["ids"]) : null;

builder.mutationFields((t) => ({
  markNotificationsRead: t.field({
    type: MarkNotificationsReadPayload,
    nullable: true,
    errors: {},
    description: "Marks notifications of the caller's user as read, in all open pages.",
    args: {
      ids: t.arg.idList({
        description: "Ids of up to 1,000 notifications: ntf_…; null: all, an empty list: none.",
      }),
    },
    resolve: async (_root, { ids }, { services, caller }) => ({
      caller,
      notifications: await markRead(services, caller, idsOf(ids)),
    }),
  }),
  dismissNotifications: t.field({
    type: DismissNotificationsPayload,
    nullable: true,
    errors: {},
    description: "Deletes notifications of the caller's user, in all open pages.",
    args: {
      ids: t.arg.idList({
        description: "Ids of up to 1,000 notifications: ntf_…; null: all, an empty list: none.",
      }),
    },
    resolve: async (_root, { ids }, { services, caller }) => ({
      caller,
      removedIds: await dismiss(services, caller, idsOf(ids)),
    }),
  }),
  updateNotificationSettings: t.field({
    type: UpdateNotificationSettingsPayload,
    nullable: true,
    errors: {},
    description: "Changes how the caller's user is notified, from the next event on.",
    args: {
      input: t.arg({
        type: [NotificationSettingInput],
        required: true,
        description: "Settings by topic, each topic once; other topics keep theirs.",
      }),
      email: t.arg.string({
        description:
          "Address for mails. Absent: unchanged; null: none, so that an ADMIN gets them at `adminEmail` of the " +
          "organization.",
      }),
    },
    resolve: async (_root, { input, email }, { services, caller }) => {
      await updateSettings(services, caller, input, email);
      return caller;
    },
  }),
}));
