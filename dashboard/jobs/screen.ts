import { IconStack2 } from "@tabler/icons-react";
import { EVERYBODY, type Screen } from "../shell/screen.ts";

/** Jobs: list, page of a job, start of a new one, and results by kind. */
export const jobs: Screen = {
  label: "Jobs",
  icon: IconStack2,
  path: "/jobs",
  key: "j",
  roles: EVERYBODY,
  routes: [
    {
      path: "/jobs",
      load: () => import("./jobs_page.tsx"),
      children: [{ path: "$id", load: () => import("./job_page.tsx") }],
    },
    { path: "/jobs/start", load: () => import("./start/start_page.tsx") },
    { path: "/jobs/analytics", load: () => import("./analytics/analytics_page.tsx") },
  ],
  ids: { job: (id) => `/jobs/${id}` },
};
