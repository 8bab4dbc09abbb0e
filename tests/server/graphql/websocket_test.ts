import assert from "node:assert/strict";
import { createClient } from "graphql-ws";
import { statement } from "../../../src/db/database.ts";
import { createApiKey, revokeApiKey } from "../../../src/domain/access/api_keys.ts";
import { createOrganization } from "../../../src/domain/access/organizations.ts";
import { deleteOrganization } from "../../../src/domain/erasure/delete_organization.ts";
import { onEveryDatabase, onPostgres } from "../../support/database.ts";
import { openSocket } from "../../support/raw_socket.ts";
import { withServer } from "../../support/server.ts";
import { tickingSchema } from "../../support/ticking_schema.ts";
import { until } from "../../support/until.ts";

// Read without the database, whose keys are locked meanwhile.
const SCRAPER = "scraper-of-this-test";
const TICKS = { query: "subscription { ticks }" };

const LOCK_KEYS = statement<[]>("test.lock", "lock table api_keys in access exclusive mode");
const WAITING = statement<[], { waits: boolean }>(
  "test.waiting",
  "select true as waits from pg_locks where not granted and relation = 'api_keys'::regclass",
);

/** Resolves to the end of a subscription: the code of the close event, "complete" or an error. */
async function endOf(stream: AsyncIterable<unknown>): Promise<unknown> {
  try {
    for await (const _ of stream);
    return "complete";
  } catch (end) {
    return end instanceof CloseEvent ? end.code : end;
  }
}

onEveryDatabase("a WebSocket carries subscriptions and queries of graphql-ws", ({ db }) => {
  const { schema, tick, open } = tickingSchema();
  return withServer(db, async ({ connect }) => {
    const client = connect();
    const ticks = client.iterate(TICKS);
    assert.deepEqual(await ticks.next(), { done: false, value: { data: { ticks: 1 } } });
    tick();
    assert.deepEqual((await ticks.next()).value, { data: { ticks: 2 } });
    const query = client.iterate({ query: "{ word }" });
    assert.deepEqual((await query.next()).value, { data: { word: "hello" } });
    await ticks.return?.();
    await until("the subscription is closed", () => open() === 0);
  }, { schema });
});

onPostgres("closing a WebSocket ends its subscriptions", ({ db }) => {
  const { schema, open } = tickingSchema();
  return withServer(db, async ({ url, keys }) => {
    const { socket, message } = await openSocket(url);
    const payload = { authorization: `Bearer ${keys.ADMIN}` };
    socket.send(JSON.stringify({ type: "connection_init", payload }));
    assert.equal((await message()).type, "connection_ack");
    socket.send(JSON.stringify({ type: "subscribe", id: "1", payload: TICKS }));
    assert.equal((await message()).type, "next");
    assert.equal(open(), 1);
    socket.close();
    await until("the subscription is closed", () => open() === 0);
  }, { schema });
});

onPostgres(
  "closing a WebSocket during authentication leaves no open session",
  ({ db }) =>
    withServer(db, async ({ url, keys, connect }) => {
      const figure = async (name: string) => {
        const headers = { authorization: `Bearer ${SCRAPER}` };
        const metrics = await (await fetch(new URL("/metrics", url), { headers })).text();
        return new RegExp(`^${name} (\\d+)$`, "m").exec(metrics)?.[1];
      };
      await db.transaction(async (tx) => {
        await tx.run(LOCK_KEYS);
        const { socket, closed } = await openSocket(url);
        const payload = { authorization: `Bearer ${keys.ADMIN}` };
        socket.send(JSON.stringify({ type: "connection_init", payload }));
        await until("its key is being read", async () => (await db.run(WAITING)).length > 0);
        socket.close();
        await closed;
        await until("the socket is gone", async () => await figure("waybill_websockets") === "0");
      });
      const client = connect();
      await client.iterate({ query: "{ viewer { id } }" }).next();
      assert.equal(await figure("waybill_open_sessions"), "1");
      await client.dispose();
    }, { metricsToken: SCRAPER }),
);

onPostgres("a WebSocket accepts at most 500 open operations", ({ db }) => {
  const { schema, open } = tickingSchema();
  return withServer(db, async ({ url, keys }) => {
    const { socket, message, closed } = await openSocket(url);
    const payload = { authorization: `Bearer ${keys.MEMBER}` };
    socket.send(JSON.stringify({ type: "connection_init", payload }));
    assert.equal((await message()).type, "connection_ack");
    for (let n = 1; n <= 501; n++) {
      socket.send(JSON.stringify({ type: "subscribe", id: `${n}`, payload: TICKS }));
    }
    let refused = await message();
    while (refused.type !== "error") refused = await message();
    assert.equal(refused.id, "501");
    assert.match(JSON.stringify(refused.payload), /TOO_MANY_OPERATIONS/);
    await until("the others are open", () => open() === 500);
    socket.close();
    await closed;
    await until("all are closed", () => open() === 0);
  }, { schema });
});

for (const params of [undefined, { authorization: "Bearer wb_unknown" }]) {
  onPostgres(
    `a WebSocket with ${params ? "an unknown" : "no"} key is closed with 4401`,
    ({ db }) =>
      withServer(db, async ({ url }) => {
        const client = createClient({
          url: url.replace("http", "ws"),
          connectionParams: params,
          retryAttempts: 5,
        });
        // This would never end if the client reconnected after 4401.
        assert.equal(await endOf(client.iterate(TICKS)), 4401);
        await client.dispose();
      }),
  );
}

onPostgres(
  "a WebSocket with a malformed message is closed with 4400",
  ({ db }) =>
    withServer(db, async ({ url }) => {
      for (const garbage of ["hello", "{", '{"type":"nonsense"}', new Uint8Array([1, 2, 3])]) {
        const { socket, closed } = await openSocket(url);
        socket.send(garbage);
        assert.equal((await closed).code, 4400);
      }
    }),
);

onPostgres(
  "a WebSocket without connection_init is closed with 4408",
  ({ db }) =>
    withServer(db, async ({ url }) => {
      const { closed } = await openSocket(url);
      assert.equal((await closed).code, 4408);
    }),
);

onPostgres(
  "a WebSocket that subscribes before connection_init is closed with 4401",
  ({ db }) =>
    withServer(db, async ({ url }) => {
      const { socket, closed } = await openSocket(url);
      socket.send(JSON.stringify({ type: "subscribe", id: "1", payload: TICKS }));
      assert.equal((await closed).code, 4401);
    }),
);

onPostgres(
  "an upgrade to another WebSocket protocol is refused",
  ({ db }) =>
    withServer(db, async ({ url }) => {
      await assert.rejects(openSocket(url, "graphql-ws"));
    }),
);

onPostgres(
  "a WebSocket answers an invalid document with GraphQL errors",
  ({ db }) =>
    withServer(db, async ({ connect }) => {
      for (
        const query of ["subscription { nothing }", "subscription {", "{ viewer { role(x: 1) } }"]
      ) {
        const end = await endOf(connect().iterate({ query }));
        assert.ok(Array.isArray(end), `${query}: ${end}`);
        assert.ok(end[0].message);
        assert.equal(end[0].extensions?.http, undefined);
      }
    }),
);

onPostgres(
  "a WebSocket refuses an operation over the limits",
  ({ db }) =>
    withServer(db, async ({ connect }) => {
      const query = "query ($n: Int) { jobs(first: $n) { nodes { failures(first: $n) { " +
        "nodes { label error { message } } } } } }";
      const end = await endOf(connect().iterate({ query, variables: { n: 200 } }));
      assert.ok(Array.isArray(end));
      assert.equal(end[0].extensions.code, "QUERY_COMPLEXITY");
      assert.equal(end[0].extensions.http, undefined);
    }),
);

onPostgres(
  "a WebSocket masks an unexpected error of a subscription, at its start and later",
  ({ db }) => {
    const { schema, fail } = tickingSchema();
    return withServer(db, async ({ connect }) => {
      const refused = await connect().iterate({ query: "subscription { refused }" }).next();
      assert.doesNotMatch(JSON.stringify(refused), /hunter2/);
      assert.match(JSON.stringify(refused), /INTERNAL_SERVER_ERROR/);
      const ticks = connect().iterate(TICKS);
      await ticks.next();
      fail(new Error("the password is hunter2"));
      const failed = await ticks.next();
      assert.doesNotMatch(JSON.stringify(failed), /hunter2/);
      assert.match(JSON.stringify(failed), /INTERNAL_SERVER_ERROR/);
    }, { schema });
  },
);

onEveryDatabase("revokeApiKey() closes the WebSockets of the key with 4401", ({ db }) => {
  const { schema, open } = tickingSchema();
  return withServer(db, async ({ connect, services, organization }) => {
    const { admin } = organization;
    const { apiKey, secret } = await createApiKey(services, admin, { name: "Shop", role: "ADMIN" });
    const [revoked, other] = [connect(secret).iterate(TICKS), connect().iterate(TICKS)];
    await Promise.all([revoked.next(), other.next()]);
    assert.equal(open(), 2);
    await revokeApiKey(services, admin, apiKey.id);
    assert.equal(await endOf(revoked), 4401);
    await until("its subscription alone is closed", () => open() === 1);
  }, { schema });
});

onEveryDatabase("deleteOrganization() closes the WebSockets of its keys with 4401", ({ db }) => {
  const { schema, open } = tickingSchema();
  return withServer(db, async ({ connect, services, organization: { operator } }) => {
    const { organization, secret } = await createOrganization(services, operator, { name: "Acme" });
    const [deleted, other] = [connect(secret).iterate(TICKS), connect().iterate(TICKS)];
    await Promise.all([deleted.next(), other.next()]);
    await deleteOrganization(services, operator, organization.id, "Acme");
    assert.equal(await endOf(deleted), 4401);
    await until("its subscription alone is closed", () => open() === 1);
  }, { schema });
});

onPostgres("a WebSocket is closed with 4401 once its key expires", ({ db }) => {
  const { schema, open } = tickingSchema();
  return withServer(db, async ({ connect, services, organization: { admin } }) => {
    const expiresAt = new Date(Date.now() + 2500);
    const { secret } = await createApiKey(services, admin, {
      name: "Shop",
      role: "ADMIN",
      expiresAt,
    });
    const ticks = connect(secret).iterate(TICKS);
    await ticks.next();
    assert.equal(await endOf(ticks), 4401);
    await until("its subscription is closed", () => open() === 0);
  }, { schema });
});

onPostgres("shutdown() closes WebSockets with 1001, after which clients reconnect", ({ db }) => {
  const { schema, open } = tickingSchema();
  return withServer(db, async ({ connect, shutdown }) => {
    const ticks = connect().iterate(TICKS);
    await ticks.next();
    const [code] = await Promise.all([endOf(ticks), shutdown()]);
    assert.equal(code, 1001);
    assert.equal(open(), 0);
  }, { schema });
});
