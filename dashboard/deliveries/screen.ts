import { IconSend } from "@tabler/icons-react";
import { EVERYBODY, type Screen } from "../shell/screen.ts";

/** Deliveries of all messages. */
export const deliveries: Screen = {
  label: "Deliveries",
  icon: IconSend,
  path: "/deliveries",
  key: "d",
  roles: EVERYBODY,
  routes: [
    {
      path: "/deliveries",
      load: () => import("./deliveries_page.tsx"),
      children: [{ path: "$id", load: () => import("./delivery_page.tsx") }],
    },
  ],
  ids: { dlv: (id) => `/deliveries/${id}` },
};
