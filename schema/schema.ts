import "./audiences/audience.ts";
import "./deliveries/analytics.ts";
import "./deliveries/cleanup.ts";
import "./deliveries/mutations.ts";
import "./deliveries/queries.ts";
import "./kit/errors.ts";
import "./installation/installation.ts";
import "./jobs/live.ts";
import "./jobs/mutations.ts";
import "./jobs/queries.ts";
import "./messages/editing.ts";
import "./messages/live.ts";
import "./messages/mutations.ts";
import "./messages/queries.ts";
import "./kit/node.ts";
import "./providers/mutations.ts";
import "./kit/scalars.ts";
import "./suppressions/suppression.ts";
import "./access/viewer.ts";
import { builder } from "./kit/builder.ts";

/** The API. */
export const schema = builder.toSchema();
