import assert from "node:assert/strict";
import { GraphQLScalarType, Kind, type StringValueNode } from "graphql";
import { schema } from "../../../schema/schema.ts";

Deno.test("DateTime refuses the year 0, which PostgreSQL does not have", () => {
  const scalar = schema.getType("DateTime");
  assert.ok(scalar instanceof GraphQLScalarType);
  const refused = /DateTime must be in the year 1 or later/;
  assert.throws(() => scalar.parseValue("0000-12-31T23:59:59Z"), refused);
  const literal: StringValueNode = { kind: Kind.STRING, value: "0000-01-01T00:00:00Z" };
  assert.throws(() => scalar.parseLiteral(literal, {}), refused);
  assert.deepEqual(scalar.parseValue("0001-01-01T00:00:00Z"), new Date("0001-01-01T00:00:00Z"));
});
