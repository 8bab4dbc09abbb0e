import { IconAddressBook } from "@tabler/icons-react";
import { EVERYBODY, type Screen } from "../shell/screen.ts";

/** Contacts: people whom the organization sends to. */
export const contacts: Screen = {
  label: "Contacts",
  icon: IconAddressBook,
  path: "/contacts",
  key: "c",
  roles: EVERYBODY,
  routes: [
    {
      path: "/contacts",
      load: () => import("./contacts_page.tsx"),
      children: [{ path: "$id", load: () => import("./contact_page.tsx") }],
    },
  ],
  ids: { con: (id) => `/contacts/${id}` },
};
