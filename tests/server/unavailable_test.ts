// Answers of the server while its database is away or refuses writes.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { schema } from "../../schema/schema.ts";
import { type Database, openDatabase, statement } from "../../src/db/database.ts";
import { migrate } from "../../src/db/migrate.ts";
import { checkWrites } from "../../src/db/write_probe.ts";
import { newId, toTypeId } from "../../src/domain/id.ts";
import { openUnsubscribeLinks } from "../../src/domain/suppressions/unsubscribe.ts";
import { createBus } from "../../src/events/bus.ts";
import { importRecipients } from "../../src/server/imports/recipients.ts";
import { dsn } from "../support/dsn.ts";
import { logOf } from "../support/log.ts";
import { onOwnPostgres, type OwnPostgres } from "../support/own_postgres.ts";
import { giveToServers, outputOf } from "../support/server_program.ts";
import { type TestServer, withServer } from "../support/server.ts";

const SET_READ_ONLY = statement<[]>(
  "test.setReadOnly",
  "alter system set default_transaction_read_only = on",
);
const SECRET = "a secret of some length";
const VIEWER = "{ viewer { id } messages { nodes { id } } }";
const SEND = `mutation {
  sendMessage(input: {
    title: "July", to: { list: [{ address: "ada@example.com" }] }, content: { subject: "News" }
  }) { ... on SendMessagePayload { message { id } } ... on Error { reason } }
}`;

async function withOwnServer(
  { url }: Pick<OwnPostgres, "url">,
  test: (server: TestServer, db: Database) => Promise<void>,
): Promise<void> {
  const db = openDatabase({
    connection: { connectionString: url },
    size: 3,
    embedded: false,
    onError: () => {},
  });
  await migrate(db);
  const database = async () => {
    await checkWrites(db);
    return true;
  };
  await withServer(db, (server) => test(server, db), {
    schema,
    health: { database },
    imports: {
      recipients: (request, caller) => importRecipients({ db, bus: createBus() }, request, caller),
    },
    webhooks: { secret: SECRET, mailgunSigningKey: null, snsTopicArns: [] },
  });
  await db.close();
}

/** Asserts 503 with Retry-After and an error UNAVAILABLE. */
async function assertUnavailable(response: Response, what: string): Promise<void> {
  assert.deepEqual([response.status, response.headers.get("retry-after")], [503, "5"], what);
  const { errors: [error] } = await response.json();
  assert.equal(error.extensions.code, "UNAVAILABLE", what);
  assert.equal(error.extensions.retryAfterMs, 5_000, what);
  assert.match(error.message, /cannot be reached; repeat the request in 5 s/, what);
  assert.equal(error.extensions.http, undefined, what);
}

onOwnPostgres(
  "every kind of request is answered as UNAVAILABLE without the database",
  (own) =>
    withOwnServer(own, async ({ url, keys, organization, connect, services }) => {
      const at = (path: string) => new URL(path, url);
      const authorization = `Bearer ${keys.ADMIN}`;
      const linkOf = await openUnsubscribeLinks(services.db, new URL(url).origin);
      const link = linkOf({
        organizationId: organization.id,
        channel: "EMAIL",
        address: "ada@example.com",
        deliveryId: newId(),
      });
      const client = connect();
      await client.iterate({ query: VIEWER }).next();
      await own.stop();
      const lines = await logOf(async () => {
        const body = JSON.stringify({ query: VIEWER });
        const headers = { authorization, "content-type": "application/json" };
        const post = (accept: string) =>
          fetch(url, { method: "POST", headers: { ...headers, accept }, body });
        await assertUnavailable(await post("application/json"), "GraphQL");
        const stream = await post("text/event-stream");
        assert.deepEqual([stream.status, stream.headers.get("retry-after")], [503, "5"]);
        assert.match(await stream.text(), /"code":"UNAVAILABLE","retryAfterMs":5000/);
        const file = { authorization, "content-type": "text/csv" };
        const upload = { method: "POST", headers: file, body: "email\nada@example.com\n" };
        await assertUnavailable(await fetch(at("/import/recipients?name=A"), upload), "import");
        const report = dsn({ deliveryId: toTypeId("delivery", newId()) });
        const t = Math.floor(Date.now() / 1_000);
        const v1 = createHmac("sha256", SECRET).update(`${t}.${report}`).digest("hex");
        const signed = { "x-waybill-signature": `t=${t},v1=${v1}` };
        await assertUnavailable(
          await fetch(at("/webhooks/bounces/dsn"), {
            method: "POST",
            headers: signed,
            body: report,
          }),
          "webhook",
        );
        const page = await fetch(link, { method: "POST" });
        assert.deepEqual([page.status, page.headers.get("retry-after")], [503, "5"]);
        assert.match(await page.text(), /try again/);
        const { value } = await client.iterate({ query: VIEWER }).next();
        assert.equal(value?.errors?.[0]?.extensions?.code, "UNAVAILABLE");
        const ready = await fetch(at("/readyz"));
        assert.equal(ready.status, 503);
        assert.deepEqual(await ready.json(), {
          ready: false,
          parts: { database: false },
          reasons: { database: "The database cannot be reached" },
        });
      }, "warning");
      assert.ok(lines.filter((line) => line.includes("UNAVAILABLE")).length <= 1, lines.join("\n"));
      await own.start();
      assert.equal((await fetch(at("/readyz"))).status, 200);
    }),
);

onOwnPostgres(
  "a database that is read-only answers queries, and refuses changes in words",
  (own) =>
    withOwnServer(own, async ({ url, post }, db) => {
      await db.run(SET_READ_ONLY);
      await own.restart();
      const { body } = await post(VIEWER);
      assert.equal(body.errors, undefined);
      assert.ok(body.data.viewer);
      const { status, headers, body: refused } = await post(SEND);
      assert.deepEqual([status, headers.get("retry-after")], [503, "5"]);
      const [error] = refused.errors ?? [];
      assert.equal(error?.extensions?.code, "UNAVAILABLE");
      assert.match(error?.message ?? "", /^The database refuses writes, because it is read-only; /);
      const partly = await post(`mutation { revokeApiKey(id: "key_1") { __typename } }`);
      assert.equal(partly.status, 200);
      const ready = await (await fetch(new URL("/readyz", url))).json();
      assert.deepEqual(ready.reasons, {
        database: "The database refuses writes, because it is read-only",
      });
    }),
);

/** Mounts a small file system; null if this user may not mount. */
async function mountSmall(directory: string): Promise<AsyncDisposable | null> {
  const mounted = await outputOf("mount", ["-t", "tmpfs", "-o", "size=32m", "none", directory])
    .then(() => true, () => false);
  return mounted
    ? {
      async [Symbol.asyncDispose]() {
        await outputOf("umount", [directory]);
      },
    }
    : null;
}

onOwnPostgres("a full disk is reported by /readyz, and by changes as UNAVAILABLE", async (own) => {
  const directory = await Deno.makeTempDir({ prefix: "waybill-disk-" });
  const disk = await mountSmall(directory);
  // Where mounting is not allowed, the test of a read-only database covers the same paths.
  if (disk === null) return await Deno.remove(directory);
  await giveToServers(directory);
  const admin = openDatabase({
    connection: { connectionString: own.url },
    size: 1,
    embedded: false,
    onError: () => {},
  });
  await admin.run(
    statement<[]>("test.tablespace", `create tablespace small location '${directory}'`),
  );
  await admin.run(statement<[]>("test.database", "create database small tablespace small"));
  await admin.close();
  const small = new URL(own.url);
  small.pathname = "/small";
  await withOwnServer({ url: small.href }, async ({ url, post }) => {
    const readiness = () => fetch(new URL("/readyz", url));
    assert.equal((await readiness()).status, 200);
    const filler = `${directory}/filler`;
    await outputOf("dd", ["if=/dev/zero", `of=${filler}`, "bs=4k"]).catch(() => {});
    const reason = "The database refuses writes, because its disk is full";
    assert.deepEqual((await (await readiness()).json()).reasons, { database: reason });
    assert.equal((await post(VIEWER)).body.errors, undefined);
    await Deno.remove(filler);
    assert.equal((await readiness()).status, 200);
  });
  await own.stop("fast");
  await disk[Symbol.asyncDispose]();
  await Deno.remove(directory);
});
