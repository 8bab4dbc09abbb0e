import { bulkActions } from "./bulk_actions/screen.ts";
import { installation } from "./installation/screen.ts";
import { jobs } from "./jobs/screen.ts";
import { keys } from "./keys/screen.ts";
import { messages } from "./messages/screen.ts";
import { organization } from "./organization/screen.ts";
import { overview } from "./overview/screen.ts";
import { problems } from "./problems/screen.ts";
import type { Screen } from "./shell/screen.ts";

/** Screens in the order of the rail. A new one adds a line. */
export const SCREENS: readonly Screen[] = [
  overview,
  problems,
  messages,
  jobs,
  bulkActions,
  installation,
  organization,
  keys,
];
