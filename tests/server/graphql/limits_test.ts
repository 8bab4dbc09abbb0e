import assert from "node:assert/strict";
import { onEveryDatabase, onPostgres } from "../../support/database.ts";
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
  ["with deeply nested fields", `${"{a".repeat(6_000)}${"}".repeat(6_000)}`, "DOCUMENT_TOO_DEEP"],
  [
    "with a deeply nested value",
    `{ node(id: ${"[".repeat(6_000)}1${"]".repeat(6_000)}) { id } }`,
    "DOCUMENT_TOO_DEEP",
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

onEveryDatabase(
  "POST /graphql names a variable of a recipient that nests too deeply",
  ({ db }) =>
    withServer(db, async ({ url, keys, post }) => {
      const send = (recipient: string) =>
        `sendMessage(input: { title: "July", content: { subject: "News" }, to: { list: [${recipient}] } })
        { ... on InvalidInputError { issues { path code } } }`;
      const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
      const data = {
        sendMessage: {
          issues: [{ path: ["to", "list", "0", "variables", "x"], code: "TOO_DEEP" }],
        },
      };
      const literal = `{ address: "ada@example.com", variables: { x: ${deep(33)} } }`;
      assert.deepEqual((await post(`mutation { ${send(literal)} }`)).body, { data });

      const query = JSON.stringify(`mutation ($to: RecipientInput!) { ${send("$to")} }`);
      const to = `{ "address": "ada@example.com", "variables": { "x": ${deep(100_000)} } }`;
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${keys.ADMIN}` },
        body: `{ "query": ${query}, "variables": { "to": ${to} } }`,
      });
      assert.deepEqual(await response.json(), { data });
      assert.ok((await post("{ viewer { id } }")).body.data);
    }),
);
