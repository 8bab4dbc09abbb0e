import assert from "node:assert/strict";
import { onPostgres } from "../../support/database.ts";
import { withServer } from "../../support/server.ts";

// Each is refused before anything of it runs.
const REFUSED: readonly [what: string, query: string, code: string][] = [
  [
    "too deep",
    `{ jobs { nodes { ${"subject { ... on Job { ".repeat(12)} id ${"} }".repeat(12)} } } }`,
    "QUERY_DEPTH",
  ],
  [
    "too costly",
    "{ jobs(first: 200) { nodes { failures(first: 200) { nodes { label error { message } } } } } }",
    "QUERY_COMPLEXITY",
  ],
  [
    "too broad",
    `{ ${Array.from({ length: 501 }, (_, i) => `a${i}: viewer { id }`).join(" ")} }`,
    "QUERY_BREADTH",
  ],
  ["too many fields", `{ ${"viewer { id } ".repeat(2600)} }`, "DOCUMENT_TOO_LARGE"],
];

for (const [what, query, code] of REFUSED) {
  onPostgres(
    `an operation that is ${what} is refused`,
    ({ db }) =>
      withServer(db, async ({ post }) => {
        const { status, body } = await post(query, {
          accept: "application/graphql-response+json",
        });
        assert.equal(status, 400);
        assert.equal(body.data, undefined);
        assert.deepEqual(body.errors?.map(({ extensions }) => extensions?.code), [code]);
      }),
  );
}

onPostgres(
  "a document of endless tokens is refused",
  ({ db }) =>
    withServer(db, async ({ post }) => {
      const { body } = await post(`{ node(id: [${"1 ".repeat(260_000)}]) { id } }`);
      assert.match(body.errors?.[0]?.message ?? "", /tokens/);
    }),
);

onPostgres(
  "lists count as often as a variable asks for",
  ({ db }) =>
    withServer(db, async ({ post }) => {
      const query = `query ($n: Int) {
      jobs(first: $n) { nodes { failures(first: $n) { nodes { label error { message } } } } }
    }`;
      assert.ok((await post(query, { variables: { n: 10 } })).body.data);
      const { body } = await post(query, { variables: { n: 200 } });
      assert.equal(body.errors?.[0]?.extensions?.code, "QUERY_COMPLEXITY");
    }),
);
