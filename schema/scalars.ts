import { GraphQLDateTimeISO, GraphQLJSON, GraphQLJSONObject } from "graphql-scalars";
import { builder } from "./builder.ts";

builder.addScalarType("DateTime", GraphQLDateTimeISO, {
  description: "A point in time (RFC 3339), answered in UTC: 2030-01-31T12:00:00.000Z.",
});
builder.addScalarType("JSON", GraphQLJSON, { description: "Any JSON value." });
builder.addScalarType("JSONObject", GraphQLJSONObject, {
  description: "A JSON object, its keys chosen by the caller.",
});
