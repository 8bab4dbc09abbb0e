import { IconMessageCog } from "@tabler/icons-react";
import { EVERYBODY, type Screen } from "../shell/screen.ts";

/** Prompts of the language model: their versions, the editor, and trials on past inputs. */
export const prompts: Screen = {
  label: "Prompts",
  icon: IconMessageCog,
  path: "/prompts",
  key: "y",
  roles: EVERYBODY,
  routes: [
    { path: "/prompts", load: () => import("./prompts_page.tsx") },
    { path: "/prompts/trials/$id", load: () => import("./trials/trial_page.tsx") },
    { path: "/prompts/$id", load: () => import("./prompt_page.tsx") },
    { path: "/prompts/$id/edit", load: () => import("./edit_prompt_page.tsx") },
  ],
  ids: { pmt: (id) => `/prompts/${id}`, ptr: (id) => `/prompts/trials/${id}` },
};
