import { aiUsage } from "./ai_usage/screen.ts";
import { audiences } from "./audiences/screen.ts";
import { bulkActions } from "./bulk_actions/screen.ts";
import { campaigns } from "./campaigns/screen.ts";
import { contacts } from "./contacts/screen.ts";
import { deliveries } from "./deliveries/screen.ts";
import { inbox } from "./inbox/screen.ts";
import { installation } from "./installation/screen.ts";
import { jobs } from "./jobs/screen.ts";
import { keys } from "./keys/screen.ts";
import { knowledge } from "./knowledge/screen.ts";
import { learning } from "./learning/screen.ts";
import { messages } from "./messages/screen.ts";
import { notifications } from "./notifications/screen.ts";
import { organization } from "./organization/screen.ts";
import { overview } from "./overview/screen.ts";
import { problems } from "./problems/screen.ts";
import { prompts } from "./prompts/screen.ts";
import { quotes } from "./quotes/screen.ts";
import { schedules } from "./schedules/screen.ts";
import { suggestionQuality } from "./suggestion_quality/screen.ts";
import { suppressions } from "./suppressions/screen.ts";
import { templates } from "./templates/screen.ts";
import { webhooks } from "./webhooks/screen.ts";
import type { Screen } from "./shell/screen.ts";

/** Screens in the order of the rail. A new one adds a line. */
export const SCREENS: readonly Screen[] = [
  overview,
  problems,
  inbox,
  knowledge,
  learning,
  messages,
  deliveries,
  jobs,
  bulkActions,
  schedules,
  contacts,
  audiences,
  campaigns,
  quotes,
  templates,
  prompts,
  suppressions,
  suggestionQuality,
  aiUsage,
  notifications,
  webhooks,
  installation,
  organization,
  keys,
];
