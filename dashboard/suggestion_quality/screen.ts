import { IconChartDots } from "@tabler/icons-react";
import { EVERYBODY, type Screen } from "../shell/screen.ts";

/** Quality of suggested replies, measured by the replies that were sent. */
export const suggestionQuality: Screen = {
  label: "Suggestions",
  icon: IconChartDots,
  path: "/suggestion-quality",
  key: "r",
  roles: EVERYBODY,
  routes: [{ path: "/suggestion-quality", load: () => import("./suggestion_quality_page.tsx") }],
};
