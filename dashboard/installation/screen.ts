import { IconServer } from "@tabler/icons-react";
import type { Screen } from "../shell/screen.ts";

/** Installation: workers, lanes, providers, organizations and settings, for the OPERATOR. */
export const installation: Screen = {
  label: "Installation",
  icon: IconServer,
  path: "/installation",
  key: "i",
  roles: ["OPERATOR"],
  routes: [{ path: "/installation", load: () => import("./installation_page.tsx") }],
};
