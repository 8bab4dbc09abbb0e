import { IconUsers } from "@tabler/icons-react";
import { EVERYBODY, type Screen } from "../shell/screen.ts";

/** Audiences: imported recipients. */
export const audiences: Screen = {
  label: "Audiences",
  icon: IconUsers,
  path: "/audiences",
  key: "a",
  roles: EVERYBODY,
  routes: [
    {
      path: "/audiences",
      load: () => import("./audiences_page.tsx"),
      children: [{ path: "$id", load: () => import("./audience_page.tsx") }],
    },
  ],
  ids: { aud: (id) => `/audiences/${id}` },
};
