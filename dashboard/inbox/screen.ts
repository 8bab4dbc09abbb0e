import { IconInbox } from "@tabler/icons-react";
import { EVERYBODY, type Screen } from "../shell/screen.ts";
import { WaitingCount } from "./waiting_count.tsx";

/** Inbox: mails of customers in threads, with the suggested replies. */
export const inbox: Screen = {
  label: "Inbox",
  icon: IconInbox,
  path: "/inbox",
  key: "x",
  roles: EVERYBODY,
  routes: [
    {
      path: "/inbox",
      load: () => import("./inbox_page.tsx"),
      children: [{ path: "$id", load: () => import("./thread_page.tsx") }],
    },
  ],
  ids: { thr: (id) => `/inbox/${id}` },
  keys: [
    [["e"], "Edit the reply"],
    [["s"], "Go to the button that sends the reply"],
    [["Ctrl", "Enter"], "Send the reply"],
    [["r"], "Regenerate the reply, or those of the selected threads"],
    [["Shift", "X"], "Select all shown threads"],
    [["u"], "Thumbs up for the suggestion"],
    [["Shift", "U"], "Thumbs down for the suggestion"],
    [["d"], "Show or hide the changes to the suggested text"],
  ],
  Count: WaitingCount,
};
