import { IconBulb } from "@tabler/icons-react";
import { EVERYBODY, type Screen } from "../shell/screen.ts";
import { ProposedCount } from "./proposed_count.tsx";

/** Knowledge: facts that suggested replies use, and those that were proposed. */
export const knowledge: Screen = {
  label: "Knowledge",
  icon: IconBulb,
  path: "/knowledge",
  key: "f",
  roles: EVERYBODY,
  routes: [
    {
      path: "/knowledge",
      load: () => import("./knowledge_page.tsx"),
      children: [{ path: "$id", load: () => import("./fact_page.tsx") }],
    },
  ],
  ids: { fct: (id) => `/knowledge/${id}` },
  keys: [
    [["a"], "Approve the selected facts, or the one with the focus"],
    [["d"], "Dismiss them"],
    [["e"], "Edit the fact with the focus"],
    [["u"], "Undo the last decision"],
  ],
  Count: ProposedCount,
};
