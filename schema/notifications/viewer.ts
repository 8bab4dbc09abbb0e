import type { Caller } from "../../src/domain/access/access.ts";
import { countUnread } from "../../src/domain/notifications/list.ts";
import {
  getSettings,
  type NotificationSetting,
  settingsList,
} from "../../src/domain/notifications/settings.ts";
import { ViewerNode } from "../access/viewer.ts";
import { builder, type Context } from "../kit/builder.ts";
import { batchLoader } from "../kit/loader.ts";
import { NotificationTopic } from "./enums.ts";

const NotificationSettingObject = builder.objectRef<NotificationSetting>("NotificationSetting")
  .implement({
    description: "Settings of the notifications of one topic.",
    fields: (t) => ({
      topic: t.expose("topic", { type: NotificationTopic, description: "Topic." }),
      inApp: t.exposeBoolean("inApp", {
        description: "True: they are listed by `notifications` and shown as toasts. Default true.",
      }),
      byMail: t.exposeBoolean("byMail", {
        description:
          "True: they are mailed, the first one at once, further unread ones together after ten " +
          "minutes. Default false.",
      }),
    }),
  });

// One read for all fields of a viewer.
const loadSettings = batchLoader(async ({ services, caller }) =>
  new Map([["", await getSettings(services, caller)]])
);

async function settingsOf(context: Context) {
  const settings = await loadSettings(context, "");
  if (!settings) throw new Error("Cannot read the settings of notifications");
  return settings;
}

builder.objectFields(ViewerNode, (t) => ({
  unreadNotificationCount: t.int({
    description: "Number of unread notifications.",
    resolve: (caller: Caller, _args, { services }) => countUnread(services, caller),
  }),
  notificationSettings: t.field({
    type: [NotificationSettingObject],
    description: "Settings of notifications, one for each topic.",
    resolve: async (_caller, _args, context) => settingsList((await settingsOf(context)).settings),
  }),
  notificationEmail: t.string({
    nullable: true,
    description: "Address for mails about notifications that the user has set; null: none.",
    resolve: async (_caller, _args, context) => (await settingsOf(context)).email,
  }),
  notificationAddress: t.string({
    nullable: true,
    description:
      "Address to which notifications are mailed: `notificationEmail`, else for ADMIN and OPERATOR `adminEmail` of " +
      "the organization; null: none is known, so that nothing is mailed.",
    resolve: async (_caller, _args, context) => (await settingsOf(context)).address,
  }),
}));
