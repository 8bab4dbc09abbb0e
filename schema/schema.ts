import "./access/organizations.ts";
import "./access/viewer.ts";
import "./audiences/audience.ts";
import "./audiences/mutations.ts";
import "./deliveries/analytics.ts";
import "./deliveries/cleanup.ts";
import "./deliveries/mutations.ts";
import "./deliveries/queries.ts";
import "./installation/installation.ts";
import "./installation/mutations.ts";
import "./jobs/live.ts";
import "./jobs/mutations.ts";
import "./jobs/queries.ts";
import "./kit/errors.ts";
import "./kit/node.ts";
import "./kit/scalars.ts";
import "./messages/deliveries.ts";
import "./messages/editing.ts";
import "./messages/live.ts";
import "./messages/mutations.ts";
import "./messages/queries.ts";
import "./overview/mutations.ts";
import "./providers/mutations.ts";
import "./suppressions/suppression.ts";
import { builder } from "./kit/builder.ts";

/** Executable schema of the API. */
export const schema = builder.toSchema();
