import { IconAlertTriangle } from "@tabler/icons-react";
import { ADMINS, type Screen } from "../shell/screen.ts";
import { OpenCount } from "./open_count.tsx";

/** Problems: failures by cause, with their remedy. */
export const problems: Screen = {
  label: "Problems",
  icon: IconAlertTriangle,
  path: "/problems",
  key: "p",
  roles: ADMINS,
  routes: [
    {
      path: "/problems",
      load: () => import("./problems_page.tsx"),
      children: [{ path: "$id", load: () => import("./problem_page.tsx") }],
    },
  ],
  ids: { prb: (id) => `/problems/${id}` },
  Count: OpenCount,
};
