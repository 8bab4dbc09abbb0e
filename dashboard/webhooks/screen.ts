import { IconWebhook } from "@tabler/icons-react";
import { ADMINS, type Screen } from "../shell/screen.ts";

/** Events out: webhook endpoints with their calls. */
export const webhooks: Screen = {
  label: "Events out",
  icon: IconWebhook,
  path: "/webhooks",
  key: "e",
  roles: ADMINS,
  routes: [
    {
      path: "/webhooks",
      load: () => import("./webhooks_page.tsx"),
      children: [{ path: "$id", load: () => import("./endpoint_page.tsx") }],
    },
  ],
  ids: { whe: (id) => `/webhooks/${id}` },
};
