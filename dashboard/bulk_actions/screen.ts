import { IconStairs } from "@tabler/icons-react";
import { EVERYBODY, type Screen } from "../shell/screen.ts";

/** Bulk actions: running and ended ones. */
export const bulkActions: Screen = {
  label: "Bulk actions",
  icon: IconStairs,
  path: "/bulk-actions",
  key: "b",
  roles: EVERYBODY,
  routes: [
    {
      path: "/bulk-actions",
      load: () => import("./bulk_actions_page.tsx"),
      children: [{ path: "$id", load: () => import("./bulk_action_page.tsx") }],
    },
  ],
  ids: { blk: (id) => `/bulk-actions/${id}` },
};
