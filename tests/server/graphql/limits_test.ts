import assert from "node:assert/strict";
import { onPostgres } from "../../support/database.ts";
import { withServer } from "../../support/server.ts";

const REFUSED: readonly [fault: string, query: string, code: string][] = [
  [
    "that is too deep",
    `{ jobs { nodes { ${"subject { ... on Job { ".repeat(12)} id ${"} }".repeat(12)} } } }`,
    "QUERY_DEPTH",
  ],
  [
    "that is too costly",
    "{ jobs(first: 200) { nodes { failures(first: 200) { nodes { label error { message } } } } } }",
    "QUERY_COMPLEXITY",
  ],
  [
    "that is too broad",
    `{ ${Array.from({ length: 501 }, (_, i) => `a${i}: viewer { id }`).join(" ")} }`,
    "QUERY_BREADTH",
  ],
  ["with too many fields", `{ ${"viewer { id } ".repeat(2600)} }`, "DOCUMENT_TOO_LARGE"],
];

for (const [fault, query, code] of REFUSED) {
  onPostgres(
    `POST /graphql refuses an operation ${fault} before it is executed`,
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
  "POST /graphql refuses a document with too many tokens",
  ({ db }) =>
    withServer(db, async ({ post }) => {
      const { body } = await post(`{ node(id: [${"1 ".repeat(260_000)}]) { id } }`);
      assert.match(body.errors?.[0]?.message ?? "", /tokens/);
    }),
);

onPostgres(
  "POST /graphql multiplies the cost of a list by a variable in `first`",
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
