import { IconSparkles } from "@tabler/icons-react";
import { ADMINS, type Screen } from "../shell/screen.ts";

/** Usage of the language model: costs, budget and failed calls. */
export const aiUsage: Screen = {
  label: "AI usage",
  icon: IconSparkles,
  path: "/ai-usage",
  key: "u",
  roles: ADMINS,
  routes: [{ path: "/ai-usage", load: () => import("./ai_usage_page.tsx") }],
  // A notification about the budget names the overview of the organization.
  ids: { ovw: () => "/ai-usage" },
};
