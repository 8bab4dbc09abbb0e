import { GraphQLDateTimeISO, GraphQLJSON, GraphQLJSONObject } from "graphql-scalars";
import { builder } from "./builder.ts";

builder.addScalarType("DateTime", GraphQLDateTimeISO, {
  description: "A point in time (RFC 3339), answered in UTC: 2030-01-31T12:00:00.000Z.",
});
builder.addScalarType("JSON", GraphQLJSON, { description: "Any JSON value." });
builder.addScalarType("JSONObject", GraphQLJSONObject, {
  description: "A JSON object, its keys chosen by the caller.",
});

const MAX_INT = 2 ** 31 - 1;

/** A whole number that GraphQL's Int can hold: 24 days and more in milliseconds are told as 24 days. */
export function toInt(value: number): number {
  return Math.max(0, Math.min(Math.round(value), MAX_INT));
}
