import "./errors.ts";
import "./node.ts";
import "./scalars.ts";
import "./viewer.ts";
import { builder } from "./builder.ts";

/** The API. */
export const schema = builder.toSchema();
