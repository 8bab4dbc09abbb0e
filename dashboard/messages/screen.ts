import { IconMail } from "@tabler/icons-react";
import { EVERYBODY, type Screen } from "../shell/screen.ts";

/** Messages: history, compose, and the page of a message. */
export const messages: Screen = {
  label: "Messages",
  icon: IconMail,
  path: "/messages",
  key: "m",
  roles: EVERYBODY,
  routes: [
    {
      path: "/messages",
      load: () => import("./messages_page.tsx"),
      children: [{ path: "$id", load: () => import("./message_page.tsx") }],
    },
    { path: "/compose", load: () => import("./compose/compose_page.tsx") },
  ],
  ids: { msg: (id) => `/messages/${id}` },
};
