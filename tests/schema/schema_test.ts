import assert from "node:assert/strict";
import {
  getNamedType,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLObjectType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
  lexicographicSortSchema,
  printSchema,
} from "graphql";
import { decodeId, encodeId } from "../../schema/kit/global_id.ts";
import { schema } from "../../schema/schema.ts";

const types = Object.values(schema.getTypeMap()).filter((type) =>
  !isIntrospectionType(type) && !isSpecifiedScalarType(type)
);

// A sentence that opens with one of these words does not name its subject.
const FORBIDDEN_OPENER =
  /^(What|Whatever|Who|Whoever|Whom|Whose|Those|Nobody|Somebody|How|When|Since|Of)\b/i;

type Described = { readonly description?: string | null };

// Their fields are null on errors, too.
function isOperationType(type: GraphQLObjectType): boolean {
  return type === schema.getQueryType() || type === schema.getMutationType();
}

/** Types, fields, arguments and enum values of the API, by name. */
function* describedThings(): Generator<[name: string, thing: Described]> {
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

Deno.test("schema.graphql equals the printed schema", async () => {
  const file = await Deno.readTextFile(new URL("../../schema/schema.graphql", import.meta.url));
  assert.equal(file, `${printSchema(lexicographicSortSchema(schema))}\n`);
});

Deno.test("every type that implements Node has a noun, so that its id can be made and read", () => {
  const id = "01890000-0000-7000-8000-000000000000";
  for (const type of types) {
    if (!isObjectType(type) || !type.getInterfaces().some(({ name }) => name === "Node")) continue;
    assert.deepEqual(decodeId(encodeId(type.name, id)), { typename: type.name, id });
  }
});

Deno.test("every type, field, argument and enum value has a description", () => {
  const silent = [...describedThings()].filter(([, { description }]) => !description);
  assert.deepEqual(silent.map(([name]) => name), []);
});

Deno.test("every description opens with its subject or a verb", () => {
  const unclear = [...describedThings()].flatMap(([name, { description }]) =>
    FORBIDDEN_OPENER.test(description ?? "") ? [`${name}: ${description}`] : []
  );
  assert.deepEqual(unclear, []);
  assert.match("What a job does.", FORBIDDEN_OPENER);
  assert.doesNotMatch("Whole number of attempts.", FORBIDDEN_OPENER);
});

Deno.test("every nullable field of an object says what null means", () => {
  const objects = types.filter(isObjectType).filter((type) => !isOperationType(type));
  const silent = objects.flatMap((type) =>
    Object.values(type.getFields())
      .filter((field) => !isNonNullType(field.type) && !/\bnull\b/i.test(field.description ?? ""))
      .map((field) => `${type.name}.${field.name}`)
  );
  assert.deepEqual(silent, []);
});

Deno.test("every mutation is nullable, and returns its own result union", () => {
  for (const { name, type } of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const result = `${name.charAt(0).toUpperCase()}${name.slice(1)}Result`;
    assert.equal(String(type), result, name);
  }
});

Deno.test("every connection has nodes, pageInfo and a bounded totalCount", () => {
  const connections = types.filter(({ name }) => name.endsWith("Connection")).filter(isObjectType);
  assert.ok(connections.length > 5);
  for (const connection of connections) {
    const { nodes, pageInfo, totalCount } = connection.getFields();
    assert.match(String(nodes?.type), /^\[\w+!\]!$/, connection.name);
    assert.equal(String(pageInfo?.type), "PageInfo!");
    assert.equal(String(totalCount?.type), "Int");
  }
});

// A worker that has ended cannot be fetched by its id.
const WITHOUT_NODE = ["JobWorker"];

Deno.test("every type with an id implements Node", () => {
  for (const type of types.filter(isObjectType)) {
    const { id } = type.getFields();
    if (!id || WITHOUT_NODE.includes(type.name)) continue;
    assert.equal(getNamedType(id.type).name, "ID");
    assert.deepEqual(type.getInterfaces().map(({ name }) => name), ["Node"], type.name);
  }
});
