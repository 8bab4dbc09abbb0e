import { IconSpeakerphone } from "@tabler/icons-react";
import { EVERYBODY, type Screen } from "../shell/screen.ts";

/** Campaigns: list and calendar, the page of a campaign, and the editor. */
export const campaigns: Screen = {
  label: "Campaigns",
  icon: IconSpeakerphone,
  path: "/campaigns",
  key: "w",
  roles: EVERYBODY,
  routes: [
    {
      path: "/campaigns",
      load: () => import("./campaigns_page.tsx"),
      children: [{ path: "$id", load: () => import("./campaign_page.tsx") }],
    },
    { path: "/campaigns/new", load: () => import("./editor/new_campaign_page.tsx") },
    { path: "/campaigns/$id/edit", load: () => import("./editor/edit_campaign_page.tsx") },
  ],
  ids: { cmp: (id) => `/campaigns/${id}` },
};
