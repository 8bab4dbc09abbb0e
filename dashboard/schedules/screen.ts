import { IconCalendarClock } from "@tabler/icons-react";
import { ADMINS, type Screen } from "../shell/screen.ts";

/** Schedules: jobs that start at fixed times. */
export const schedules: Screen = {
  label: "Schedules",
  icon: IconCalendarClock,
  path: "/schedules",
  key: "h",
  roles: ADMINS,
  routes: [
    {
      path: "/schedules",
      load: () => import("./schedules_page.tsx"),
      children: [{ path: "$id", load: () => import("./schedule_page.tsx") }],
    },
  ],
  ids: { sch: (id) => `/schedules/${id}` },
};
