import "./audience.ts";
import "./delivery_analytics.ts";
import "./delivery_cleanup.ts";
import "./delivery_mutations.ts";
import "./delivery_queries.ts";
import "./errors.ts";
import "./installation.ts";
import "./job_live.ts";
import "./job_mutations.ts";
import "./job_queries.ts";
import "./message_editing.ts";
import "./message_live.ts";
import "./message_mutations.ts";
import "./message_queries.ts";
import "./node.ts";
import "./provider_mutations.ts";
import "./scalars.ts";
import "./suppression.ts";
import "./viewer.ts";
import { builder } from "./builder.ts";

/** The API. */
export const schema = builder.toSchema();
