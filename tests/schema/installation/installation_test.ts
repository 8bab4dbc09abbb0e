import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { newId, toTypeId } from "../../../src/domain/id.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { addJobs } from "../../support/jobs.ts";
import { type TestServer, withServer } from "../../support/server.ts";
import { startTestWorker, untilAborted } from "../../support/worker.ts";
import { until } from "../../support/until.ts";

const UPDATE = `mutation ($id: ID!, $input: UpdateProviderInput!) {
  updateProvider(id: $id, input: $input) {
    __typename
    ... on UpdateProviderPayload { provider { perSecondLimit enabled } resumedCount }
    ... on Error { reason }
    ... on InvalidInputError { issues { path code } }
    ... on NotFoundError { ids }
  }
}`;
const STORED = statement<[], { credentials: string | null; epoch: number }>(
  "test.storedCredentials",
  "select credentials, epoch from providers",
);

async function update(
  { post, services, keys }: TestServer,
  input: object,
  { id = toTypeId("provider", services.settings?.providerIds[0] ?? ""), key = keys.OPERATOR } = {},
) {
  const { body } = await post(UPDATE, { variables: { id, input }, key });
  assert.equal(body.errors, undefined);
  return body.data.updateProvider;
}

onEveryDatabase(
  "installation shows its workers, providers and settings",
  ({ db }) =>
    withServer(db, async (server) => {
      const { post, keys, services, organization } = server;
      await addJobs(db, organization.id, 3);
      await using _worker = await startTestWorker(services, untilAborted, {
        lanes: { BULK: 10, SYSTEM: 2 },
      });
      const query = `{ installation {
      version mailCaptured configuration { name set source }
      providers { name channel state enabled lastError { type } perSecondLimit }
      processor {
        running intervalMs batchSize
        workers { host runningJobCount lanes { lane concurrency running } }
      } } }`;
      const read = async () => (await post(query, { key: keys.OPERATOR })).body.data.installation;
      await until(
        "three jobs run",
        async () => (await read()).processor.workers[0]?.runningJobCount === 3,
      );
      const { processor, ...rest } = await read();
      assert.deepEqual(rest, {
        version: "1.2.3",
        mailCaptured: false,
        configuration: [
          { name: "SMTP_URLS", set: true, source: "ENVIRONMENT" },
          { name: "PORT", set: false, source: "DEFAULT" },
        ],
        providers: [{
          name: "smtp.example.com:587",
          channel: "EMAIL",
          state: "CLOSED",
          enabled: true,
          lastError: null,
          perSecondLimit: 50,
        }],
      });
      assert.deepEqual([processor.running, processor.intervalMs, processor.batchSize], [
        true,
        60_000,
        100,
      ]);
      assert.deepEqual(processor.workers[0].lanes, [
        { lane: "BULK", concurrency: 10, running: 3 },
        { lane: "SYSTEM", concurrency: 2, running: 0 },
      ]);
    }),
);

onEveryDatabase(
  "installation is visible to the OPERATOR only, and updateProvider() refuses other roles",
  ({ db }) =>
    withServer(db, async (server) => {
      const { post, keys, services } = server;
      for (const key of [keys.ADMIN, keys.MEMBER]) {
        const { body } = await post("{ installation { id } }", { key });
        assert.equal(body.data.installation, null);
        assert.equal(body.errors?.[0]?.extensions?.code, "FORBIDDEN");
        assert.equal(
          (await update(server, { enabled: false }, { key })).__typename,
          "ForbiddenError",
        );
      }
      const { body } = await post("{ installation { id } }", { key: keys.OPERATOR });
      const { id } = body.data.installation;
      const node = "query ($id: ID!) { node(id: $id) { __typename id } }";
      const byOperator = await post(node, { variables: { id }, key: keys.OPERATOR });
      assert.deepEqual(byOperator.body.data.node, { __typename: "Installation", id });
      assert.equal((await post(node, { variables: { id } })).body.data.node, null);
      const provider = toTypeId("provider", services.settings?.providerIds[0] ?? "");
      assert.equal((await post(node, { variables: { id: provider } })).body.data.node, null);
      const visible = await post(node, { variables: { id: provider }, key: keys.OPERATOR });
      assert.deepEqual(visible.body.data.node, { __typename: "Provider", id: provider });
      assert.equal((await services.db.run(STORED))[0]?.epoch, 0);
    }),
);

onEveryDatabase(
  "updateProvider() stores credentials encrypted, and null restores the configured settings",
  ({ db }) =>
    withServer(db, async (server) => {
      assert.deepEqual(
        await update(server, { user: "ada", password: "hunter2", perSecondLimit: 0.5 }),
        {
          __typename: "UpdateProviderPayload",
          provider: { perSecondLimit: 0.5, enabled: true },
          resumedCount: 0,
        },
      );
      const [stored] = await db.run(STORED);
      assert.ok(stored?.credentials);
      assert.doesNotMatch(stored.credentials, /hunter2|ada/);
      const back = await update(server, { user: null, password: null, perSecondLimit: null });
      assert.equal(back.provider.perSecondLimit, 50);
      assert.equal((await db.run(STORED))[0]?.credentials, null);
    }),
);

onEveryDatabase(
  "updateProvider() names every invalid field, and writes nothing",
  ({ db }) =>
    withServer(db, async (server) => {
      const cases: [input: object, path: string[], code: string][] = [
        [{}, [], "EMPTY"],
        [{ accessToken: "EAAG" }, ["accessToken"], "NOT_APPLICABLE"],
        [{ user: "ada" }, ["password"], "REQUIRED"],
        [{ password: "x" }, ["user"], "REQUIRED"],
        [{ user: "ada", password: null }, ["password"], "REQUIRED"],
        [{ user: "ada", password: "" }, ["password"], "REQUIRED"],
        [{ user: "ada", password: "a\u0000b" }, ["password"], "MALFORMED"],
        [{ user: "a".repeat(5_000), password: "x" }, ["user"], "TOO_LONG"],
        [{ perSecondLimit: 0 }, ["perSecondLimit"], "OUT_OF_RANGE"],
        [{ perSecondLimit: 1e-7 }, ["perSecondLimit"], "OUT_OF_RANGE"],
        [{ perSecondLimit: -1 }, ["perSecondLimit"], "OUT_OF_RANGE"],
        [{ perSecondLimit: 1e9 }, ["perSecondLimit"], "OUT_OF_RANGE"],
      ];
      for (const [input, path, code] of cases) {
        const { __typename, issues } = await update(server, input);
        assert.deepEqual([__typename, issues], ["InvalidInputError", [{ path, code }]]);
      }
      assert.equal((await update(server, {})).reason, "input: must change at least one field");
      const unknown = toTypeId("provider", newId());
      const missing = await update(server, { enabled: false }, { id: unknown });
      assert.deepEqual([missing.__typename, missing.ids], ["NotFoundError", [unknown]]);
      const wrong = await update(server, { enabled: false }, { id: toTypeId("message", newId()) });
      assert.equal(wrong.__typename, "InvalidInputError");
      assert.deepEqual(await db.run(STORED), [{ credentials: null, epoch: 0 }]);
    }),
);
