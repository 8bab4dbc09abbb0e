import assert from "node:assert/strict";
import { toTypeId } from "../../../src/domain/id.ts";
import { onEveryDatabase, onPostgres } from "../../support/database.ts";
import { type GraphQLBody, type TestServer, withServer } from "../../support/server.ts";

const ID = toTypeId("delivery", "01945a3c-0000-7000-8000-000000000001");

/** Issues as "filter.types.0 MALFORMED", from the errors of a query or the result of a mutation. */
function issuesOf({ data, errors }: GraphQLBody): string[] {
  const issues = errors?.[0]?.extensions?.issues ?? data?.result.issues;
  assert.ok(Array.isArray(issues), JSON.stringify({ data, errors }));
  return issues.map(({ path, code }) => `${path.join(".")} ${code}`);
}

function issueReader({ post }: TestServer) {
  return async (query: string, variables: Record<string, unknown> = {}) =>
    issuesOf((await post(query, { variables })).body);
}

onEveryDatabase(
  "checkFilter() refuses NUL characters, except in search",
  ({ db }) =>
    withServer(db, async (server) => {
      const readIssues = issueReader(server);
      const NUL = '"a\\u0000"';
      assert.deepEqual(
        await readIssues(`{ deliveries(filter: { types: ["b", ${NUL}] }) { nodes { id } } }`),
        ["filter.types.1 MALFORMED"],
      );
      assert.deepEqual(
        await readIssues(
          `{ messages(filter: { types: ${NUL}, search: ${NUL} }) { nodes { id } } }`,
        ),
        ["filter.types.0 MALFORMED"],
      );
      assert.deepEqual(
        await readIssues(
          `{ jobs(filter: { startedBy: ${NUL}, subjectId: ${NUL} }) { nodes { id } } }`,
        ),
        ["filter.startedBy MALFORMED", "filter.subjectId MALFORMED"],
      );
      const search = `{ deliveries(filter: { search: ${NUL} }) { nodes { id } } }`;
      assert.deepEqual((await server.post(search)).body, { data: { deliveries: { nodes: [] } } });
    }),
);

onPostgres(
  "checkFilter() refuses a search of more than 1,000 characters",
  ({ db }) =>
    withServer(db, async (server) => {
      const query =
        `query ($search: String!) { jobs(filter: { search: $search }) { nodes { id } } }`;
      const search = "x".repeat(1_001);
      assert.deepEqual(await issueReader(server)(query, { search }), ["filter.search TOO_LONG"]);
      const { body } = await server.post(query, { variables: { search: search.slice(1) } });
      assert.deepEqual(body, { data: { jobs: { nodes: [] } } });
    }),
);

onPostgres(
  "checkSearch() refuses more than 1,000 characters",
  ({ db }) =>
    withServer(db, async (server) => {
      const search = "x".repeat(1_001);
      for (const list of ["audiences", "templates", "organizations"]) {
        const query = `query ($search: String) { ${list}(search: $search) { nodes { id } } }`;
        const ask = async (text: string) =>
          (await server.post(query, { variables: { search: text }, key: server.keys.OPERATOR }))
            .body;
        assert.deepEqual(issuesOf(await ask(search)), ["search TOO_LONG"], list);
        assert.deepEqual(await ask(search.slice(1)), { data: { [list]: { nodes: [] } } });
      }
    }),
);

onPostgres(
  "checkFilter() refuses more than 1,000 values in a list",
  ({ db }) =>
    withServer(db, async (server) => {
      const query =
        `query ($filter: DeliveryFilter!) { deliveries(filter: $filter) { nodes { id } } }`;
      const types = Array.from({ length: 1_001 }, (_, index) => `type ${index}`);
      assert.deepEqual(await issueReader(server)(query, { filter: { types } }), [
        "filter.types TOO_LONG",
      ]);
      const { body } = await server.post(query, {
        variables: { filter: { types: types.slice(1) } },
      });
      assert.deepEqual(body, { data: { deliveries: { nodes: [] } } });
    }),
);

onPostgres(
  "fromTypeIds() refuses more than 1,000 ids before it parses them",
  ({ db }) =>
    withServer(db, async (server) => {
      const readIssues = issueReader(server);
      const issues = "... on InvalidInputError { issues { path code } }";
      for (const ids of [Array(1_001).fill("nonsense"), Array(1_001).fill(ID)]) {
        for (
          const mutation of [
            `result: retryDeliveries(input: { ids: $ids }) { ${issues} }`,
            `result: resolveDeliveries(input: { ids: $ids, as: SENT }) { ${issues} }`,
            `result: removeSuppressions(ids: $ids) { ${issues} }`,
          ]
        ) {
          assert.deepEqual(await readIssues(`mutation ($ids: [ID!]!) { ${mutation} }`, { ids }), [
            "ids TOO_LONG",
          ]);
        }
      }
    }),
);

onPostgres(
  "an empty id is a NotFoundError",
  ({ db }) =>
    withServer(db, async ({ post }) => {
      const list = await post(`{ deliveries(filter: { messageId: "" }) { nodes { id } } }`);
      assert.equal(list.body.errors?.[0]?.extensions?.code, "NOT_FOUND");
      const missing = "... on NotFoundError { reason ids }";
      for (
        const mutation of [
          `retryDeliveries(input: { filter: { messageId: "" } })`,
          `resolveDeliveries(input: { filter: { messageId: "" }, as: SENT })`,
          `sendMessage(input: { title: "July", content: { subject: "July" }, to: { audienceId: "" } })`,
        ]
      ) {
        const { body } = await post(`mutation { result: ${mutation} { ${missing} } }`);
        const result = { reason: 'Nothing found with the id ""', ids: [""] };
        assert.deepEqual(body, { data: { result } }, mutation);
      }
    }),
);
