import {
  type FloatValueNode,
  GraphQLScalarType,
  type IntValueNode,
  Kind,
  type ValueNode,
  visit,
} from "graphql";
import { GraphQLDateTimeISO, GraphQLJSON, GraphQLJSONObject } from "graphql-scalars";
import { toNumberOrText } from "../../src/domain/json_number.ts";
import { builder } from "./builder.ts";

const NUMBERS = "A number beyond 2^53 or of more than 17 significant digits becomes a string.";

builder.addScalarType("DateTime", fromYear1(GraphQLDateTimeISO), {
  description: "Point in time (RFC 3339), returned in UTC: 2030-01-31T12:00:00.000Z.",
});
builder.scalarType("URL", {
  description: "Absolute URL, as a string; invalid ones are refused with InvalidInputError.",
  serialize: String,
  parseValue(value) {
    if (typeof value === "string") return value;
    throw new TypeError("URL must be a string");
  },
});
builder.addScalarType("JSON", withExactNumbers(GraphQLJSON), {
  description: `JSON value of any type. ${NUMBERS}`,
});
builder.addScalarType("JSONObject", withExactNumbers(GraphQLJSONObject), {
  description: `JSON object with any keys. ${NUMBERS}`,
});

/** PostgreSQL has no year 0. */
function fromYear1<O>(scalar: GraphQLScalarType<Date, O>): GraphQLScalarType<Date, O> {
  const checked = (time: Date) => {
    if (time.getUTCFullYear() >= 1) return time;
    throw new TypeError("DateTime must be in the year 1 or later");
  };
  return new GraphQLScalarType({
    ...scalar.toConfig(),
    parseValue: (value) => checked(scalar.parseValue(value)),
    parseLiteral(node, variables) {
      const time = scalar.parseLiteral(node, variables);
      return time && checked(time);
    },
  });
}

const MAX_INT = 2 ** 31 - 1;

/** Rounds a number to an Int of GraphQL, from 0 to 2^31 - 1: milliseconds are limited to 24.8 days. */
export function toInt(value: number): number {
  return Math.max(0, Math.min(Math.round(value), MAX_INT));
}

/** Literals of the scalar keep long numbers as text; the library would round them. */
function withExactNumbers<I, O>(scalar: GraphQLScalarType<I, O>): GraphQLScalarType<I, O> {
  const keepDigits = (node: IntValueNode | FloatValueNode): ValueNode | undefined =>
    typeof toNumberOrText(node.value) === "string"
      ? { kind: Kind.STRING, value: node.value, loc: node.loc }
      : undefined;
  return new GraphQLScalarType({
    ...scalar.toConfig(),
    parseLiteral: (node, variables) =>
      scalar.parseLiteral(
        visit(node, { [Kind.INT]: keepDigits, [Kind.FLOAT]: keepDigits }),
        variables,
      ),
  });
}
