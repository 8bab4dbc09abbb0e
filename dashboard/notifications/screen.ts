import { IconBell } from "@tabler/icons-react";
import { EVERYBODY, type Screen } from "../shell/screen.ts";

/** Notifications of the user, and their settings. */
export const notifications: Screen = {
  label: "Notifications",
  icon: IconBell,
  path: "/notifications",
  key: "n",
  roles: EVERYBODY,
  routes: [
    { path: "/notifications", load: () => import("./notifications_page.tsx") },
    { path: "/notifications/settings", load: () => import("./settings_page.tsx") },
  ],
};
