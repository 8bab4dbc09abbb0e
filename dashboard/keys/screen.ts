import { IconKey } from "@tabler/icons-react";
import { ADMINS, type Screen } from "../shell/screen.ts";

/** API keys of the organization. */
export const keys: Screen = {
  label: "API keys",
  icon: IconKey,
  path: "/keys",
  key: "k",
  roles: ADMINS,
  routes: [{ path: "/keys", load: () => import("./keys_page.tsx") }],
};
