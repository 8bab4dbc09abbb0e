import { IconBan } from "@tabler/icons-react";
import { EVERYBODY, type Screen } from "../shell/screen.ts";

/** Suppression list: addresses that get no messages. */
export const suppressions: Screen = {
  label: "Suppressions",
  icon: IconBan,
  path: "/suppressions",
  key: "s",
  roles: EVERYBODY,
  routes: [{ path: "/suppressions", load: () => import("./suppressions_page.tsx") }],
};
