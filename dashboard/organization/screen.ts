import { IconBuilding } from "@tabler/icons-react";
import type { Screen } from "../shell/screen.ts";

/** Organization: its sender and other settings, for an ADMIN; the OPERATOR finds it under Installation. */
export const organization: Screen = {
  label: "Organization",
  icon: IconBuilding,
  path: "/organization",
  key: null,
  roles: ["ADMIN"],
  routes: [{ path: "/organization", load: () => import("./organization_page.tsx") }],
};
