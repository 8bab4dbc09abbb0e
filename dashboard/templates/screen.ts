import { IconTemplate } from "@tabler/icons-react";
import { EVERYBODY, type Screen } from "../shell/screen.ts";

/** Templates: named contents with their versions, and the editor. */
export const templates: Screen = {
  label: "Templates",
  icon: IconTemplate,
  path: "/templates",
  key: "t",
  roles: EVERYBODY,
  routes: [
    {
      path: "/templates",
      load: () => import("./templates_page.tsx"),
      children: [{ path: "$id", load: () => import("./template_page.tsx") }],
    },
    { path: "/templates/new", load: () => import("./editor/new_template_page.tsx") },
    { path: "/templates/$id/edit", load: () => import("./editor/edit_template_page.tsx") },
  ],
  ids: { tpl: (id) => `/templates/${id}` },
};
