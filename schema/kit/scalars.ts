import { GraphQLDateTimeISO, GraphQLJSON, GraphQLJSONObject } from "graphql-scalars";
import { builder } from "./builder.ts";

builder.addScalarType("DateTime", GraphQLDateTimeISO, {
  description: "Point in time (RFC 3339), returned in UTC: 2030-01-31T12:00:00.000Z.",
});
builder.addScalarType("JSON", GraphQLJSON, { description: "JSON value of any type." });
builder.addScalarType("JSONObject", GraphQLJSONObject, {
  description: "JSON object with any keys.",
});

const MAX_INT = 2 ** 31 - 1;

/** Rounds a number to an Int of GraphQL, from 0 to 2^31 - 1: milliseconds are limited to 24.8 days. */
export function toInt(value: number): number {
  return Math.max(0, Math.min(Math.round(value), MAX_INT));
}
