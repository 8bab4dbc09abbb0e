import { IconReceipt } from "@tabler/icons-react";
import { EVERYBODY, type Screen } from "../shell/screen.ts";

/** Quotes: requests of customers, the estimates that the model makes of them, and their mails. */
export const quotes: Screen = {
  label: "Quotes",
  icon: IconReceipt,
  path: "/quotes",
  key: "q",
  roles: EVERYBODY,
  routes: [
    {
      path: "/quotes",
      load: () => import("./quotes_page.tsx"),
      children: [{ path: "$id", load: () => import("./quote_page.tsx") }],
    },
  ],
  ids: { quo: (id) => `/quotes/${id}` },
};
