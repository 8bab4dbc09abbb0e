import { IconGauge } from "@tabler/icons-react";
import { EVERYBODY, type Screen } from "../shell/screen.ts";

/** Overview: the state of the organization at a glance. */
export const overview: Screen = {
  label: "Overview",
  icon: IconGauge,
  path: "/overview",
  key: "o",
  roles: EVERYBODY,
  routes: [{ path: "/overview", load: () => import("./overview_page.tsx") }],
};
