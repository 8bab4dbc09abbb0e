import assert from "node:assert/strict";
import { buildClientSchema, getIntrospectionQuery, printSchema } from "graphql";
import { serverAudits } from "graphql-http";
import { schema } from "../../../schema/schema.ts";
import { MAX_BODY_BYTES } from "../../../src/server/graphql/graphql.ts";
import { onEveryDatabase, onPostgres } from "../../support/database.ts";
import { withServer } from "../../support/server.ts";
import { tickingSchema } from "../../support/ticking_schema.ts";

const VIEWER = "{ viewer { id role userId organization { id name } unreadNotificationCount } }";

onEveryDatabase(
  "POST /graphql executes a query as the caller of the key",
  ({ db }) =>
    withServer(db, async ({ post, keys, organization }) => {
      const { status, body } = await post(VIEWER, { key: keys.MEMBER });
      assert.equal(status, 200);
      assert.equal(body.data.viewer.role, "MEMBER");
      assert.equal(body.data.viewer.userId, "max");
      assert.equal(body.data.viewer.organization.name, "Test organization");
      assert.match(body.data.viewer.organization.id, /^org_/);
      assert.ok(organization.id);
    }),
);

onPostgres(
  "POST /graphql passes the GraphQL-over-HTTP audit",
  (database, step) =>
    withServer(database.db, async ({ url, keys }) => {
      const authorization = `Bearer ${keys.ADMIN}`;
      const audits = serverAudits({
        url,
        fetchFn: (input: string, init: RequestInit = {}) =>
          fetch(input, { ...init, headers: { ...init.headers as object, authorization } }),
      });
      assert.equal(audits.length, 61);
      for (const audit of audits) {
        await step.step(audit.name, async () => {
          const result = await audit.fn();
          if (result.status !== "ok") assert.fail(result.reason);
        });
      }
    }),
);

for (const [name, key] of [["no key", null], ["an unknown key", "wb_unknown"]] as const) {
  onPostgres(
    `POST /graphql answers 401 with a GraphQL error to ${name}`,
    ({ db }) =>
      withServer(db, async ({ post }) => {
        const { status, headers, body } = await post(VIEWER, { key });
        assert.equal(status, 401);
        assert.equal(headers.get("www-authenticate"), "Bearer");
        assert.equal(headers.get("access-control-allow-origin"), "*");
        assert.equal(body.errors?.[0]?.extensions?.code, "UNAUTHENTICATED");
      }),
  );
}

onPostgres(
  "POST /graphql answers 400 to malformed JSON",
  ({ db }) =>
    withServer(db, async ({ url, keys }) => {
      const response = await fetch(url, {
        method: "POST",
        headers: { authorization: `Bearer ${keys.ADMIN}`, "content-type": "application/json" },
        body: '{"query": "{ viewer',
      });
      assert.equal(response.status, 400);
      assert.ok((await response.json()).errors[0].message);
    }),
);

onPostgres(
  "POST /graphql answers 413 to a body over the limit",
  ({ db }) =>
    withServer(db, async ({ url, keys }) => {
      const response = await fetch(url, {
        method: "POST",
        headers: { authorization: `Bearer ${keys.ADMIN}`, "content-type": "application/json" },
        body: JSON.stringify({ query: VIEWER, variables: { x: "x".repeat(MAX_BODY_BYTES) } }),
      });
      assert.equal(response.status, 413);
      await response.body?.cancel();
    }),
);

onPostgres(
  "POST /graphql masks an unexpected error and returns its id",
  ({ db }) =>
    withServer(db, async ({ post }) => {
      const { status, body } = await post("{ word broken }");
      assert.equal(status, 200);
      assert.deepEqual(body.data, { word: "hello", broken: null });
      const [error] = body.errors ?? [];
      assert.equal(error?.extensions?.code, "INTERNAL_SERVER_ERROR");
      assert.match(String(error?.extensions?.errorId), /^[0-9a-f-]{36}$/);
      assert.doesNotMatch(JSON.stringify(body), /hunter2/);
    }, { schema: tickingSchema().schema }),
);

onPostgres(
  "POST /graphql returns the code of a domain error",
  ({ db }) =>
    withServer(db, async ({ post, keys }) => {
      const { body } = await post("{ apiKeys { totalCount } }", { key: keys.MEMBER });
      assert.equal(body.errors?.[0]?.extensions?.code, "FORBIDDEN");
      const page = await post("{ apiKeys(first: 201) { totalCount } }");
      assert.deepEqual(page.body.errors?.[0]?.extensions, {
        code: "INVALID_INPUT",
        issues: [{
          path: ["first"],
          code: "OUT_OF_RANGE",
          message: "must be from 1 to 200, got 201",
        }],
      });
    }),
);

onPostgres(
  "POST /graphql answers the introspection query of GraphiQL",
  ({ db }) =>
    withServer(db, async ({ post }) => {
      const { body } = await post(getIntrospectionQuery({ specifiedByUrl: true, oneOf: true }));
      assert.deepEqual(body.errors, undefined);
      assert.equal(printSchema(buildClientSchema(body.data)), printSchema(schema));
    }),
);

onPostgres("GET of an unknown path answers 404", ({ db }) =>
  withServer(db, async ({ url }) => {
    const response = await fetch(new URL("/nothing", url));
    assert.equal(response.status, 404);
    assert.ok((await response.json()).errors[0].message);
  }));

onPostgres(
  "OPTIONS /graphql allows any origin, without credentials",
  ({ db }) =>
    withServer(db, async ({ url }) => {
      const response = await fetch(url, {
        method: "OPTIONS",
        headers: {
          origin: "https://shop.example",
          "access-control-request-method": "POST",
          "access-control-request-headers": "authorization, content-type",
        },
      });
      assert.equal(response.status, 204);
      assert.equal(response.headers.get("access-control-allow-origin"), "*");
      assert.equal(response.headers.get("access-control-allow-credentials"), null);
      assert.match(response.headers.get("access-control-allow-headers") ?? "", /authorization/);
    }),
);

onPostgres(
  "POST /graphql reports a malformed variable with the path of its field",
  ({ db }) =>
    withServer(db, async ({ post }) => {
      const { body } = await post(
        "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { __typename } }",
        {
          variables: {
            input: {
              title: "July",
              content: { subject: "Hello" },
              to: { list: [{ address: "ada@example.com" }, { address: 7 }] },
              sendAt: "tomorrow",
            },
          },
        },
      );
      const extensions = body.errors?.map(({ extensions }) => extensions) ?? [];
      assert.deepEqual(extensions.map((extension) => extension?.code), [
        "INVALID_INPUT",
        "INVALID_INPUT",
      ]);
      assert.match(JSON.stringify(extensions), /"path":\["to","list","1","address"\]/);
      assert.match(JSON.stringify(extensions), /"path":\["sendAt"\]/);
    }),
);
