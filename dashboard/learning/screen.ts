import { IconSchool } from "@tabler/icons-react";
import { EVERYBODY, type Screen } from "../shell/screen.ts";

/** Learning: style, topics and facts that the model learns from sent mails, and the runs in which it does. */
export const learning: Screen = {
  label: "Learning",
  icon: IconSchool,
  path: "/learning",
  key: "l",
  roles: EVERYBODY,
  routes: [
    {
      path: "/learning",
      load: () => import("./learning_page.tsx"),
      children: [{ path: "$id", load: () => import("./run_page.tsx") }],
    },
  ],
  ids: { lrn: (id) => `/learning/${id}` },
};
