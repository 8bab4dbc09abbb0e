import assert from "node:assert/strict";
import {
  getNamedType,
  type GraphQLField,
  type GraphQLInputField,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  lexicographicSortSchema,
  printSchema,
} from "graphql";
import { schema } from "../../schema/schema.ts";

const types = Object.values(schema.getTypeMap()).filter((type) =>
  !isIntrospectionType(type) && !isSpecifiedScalarType(type)
);

type Described = { readonly description?: string | null };

/** Everything of the API that has a name of its own. */
function* named(): Generator<[name: string, thing: Described]> {
  for (const type of types) {
    yield [type.name, type];
    if (isEnumType(type)) {
      for (const value of type.getValues()) yield [`${type.name}.${value.name}`, value];
    }
    if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue;
    const fields: (GraphQLField<unknown, unknown> | GraphQLInputField)[] = Object.values(
      type.getFields(),
    );
    for (const field of fields) {
      yield [`${type.name}.${field.name}`, field];
      if (!("args" in field)) continue;
      for (const arg of field.args) yield [`${type.name}.${field.name}(${arg.name}:)`, arg];
    }
  }
}

Deno.test("schema.graphql is the printed schema", async () => {
  const file = await Deno.readTextFile(new URL("../../schema/schema.graphql", import.meta.url));
  assert.equal(file, `${printSchema(lexicographicSortSchema(schema))}\n`);
});

Deno.test("everything in the schema says what it is", () => {
  const silent = [...named()].filter(([, { description }]) => !description).map(([name]) => name);
  assert.deepEqual(silent, []);
});

Deno.test("every mutation may be null, and answers a result of its own", () => {
  for (const { name, type } of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const result = `${name.charAt(0).toUpperCase()}${name.slice(1)}Result`;
    assert.equal(String(type), result, name);
  }
});

Deno.test("every list that can grow is a connection with nodes and a bounded count", () => {
  const connections = types.filter(({ name }) => name.endsWith("Connection")).filter(isObjectType);
  assert.ok(connections.length > 5);
  for (const connection of connections) {
    const { nodes, pageInfo, totalCount } = connection.getFields();
    assert.match(String(nodes?.type), /^\[\w+!\]!$/, connection.name);
    assert.equal(String(pageInfo?.type), "PageInfo!");
    assert.equal(String(totalCount?.type), "Int");
  }
});

Deno.test("whatever has a global id is a Node", () => {
  for (const type of types.filter(isObjectType)) {
    const { id } = type.getFields();
    if (!id) continue;
    assert.equal(getNamedType(id.type).name, "ID");
    assert.deepEqual(type.getInterfaces().map(({ name }) => name), ["Node"], type.name);
  }
});
