import assert from "node:assert/strict";
import { type DocumentNode, parse } from "graphql";
import { DocumentCache } from "../../../src/server/graphql/document_cache.ts";
import { onPostgres } from "../../support/database.ts";
import { withServer } from "../../support/server.ts";

function readTwice(cache: DocumentCache, text: string): [DocumentNode, DocumentNode] {
  return [cache.get(text, () => parse(text)), cache.get(text, () => parse(text))];
}

Deno.test("get() keeps the 100 documents that were used last, and no long ones", () => {
  const cache = new DocumentCache();
  const [first, again] = readTwice(cache, "{ first }");
  assert.equal(first, again);
  for (let n = 1; n < 100; n++) cache.get(`{ f${n} }`, () => parse(`{ f${n} }`));
  assert.equal(cache.get("{ first }", () => parse("{ first }")), first);
  cache.get("{ another }", () => parse("{ another }"));
  assert.equal(cache.get("{ first }", () => parse("{ first }")), first);
  const [f1, f1Again] = readTwice(cache, "{ f1 }");
  assert.equal(f1, f1Again);
  const [long, longAgain] = readTwice(cache, `{ long(value: "${"x".repeat(5_000)}") }`);
  assert.notEqual(long, longAgain);
});

Deno.test("get() keeps nothing of a document that cannot be parsed", () => {
  const cache = new DocumentCache();
  for (let n = 0; n < 2; n++) assert.throws(() => readTwice(cache, "{ first"), /Syntax Error/);
});

onPostgres(
  "a repeated operation is checked against its own variables",
  ({ db }) =>
    withServer(db, async ({ post }) => {
      const query = "query ($first: Int) { jobs(first: $first) { nodes { failures(first: 200) " +
        "{ nodes { label error { message } } } } } }";
      const codeOf = async (first: unknown) => {
        const { body } = await post(query, { variables: { first } });
        return body.errors?.map(({ extensions }) => extensions?.code);
      };
      assert.equal(await codeOf(1), undefined);
      assert.deepEqual(await codeOf(200), ["QUERY_COMPLEXITY"]);
      assert.equal(await codeOf(1), undefined);
      assert.deepEqual(await codeOf("many"), ["INVALID_INPUT"]);
      for (let n = 0; n < 2; n++) {
        const { body } = await post("{ unknown }");
        assert.match(body.errors?.[0]?.message ?? "", /Cannot query field "unknown"/);
      }
    }),
);
