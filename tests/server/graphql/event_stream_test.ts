import assert from "node:assert/strict";
import { createApiKey, revokeApiKey } from "../../../src/domain/access/api_keys.ts";
import { onEveryDatabase, onPostgres } from "../../support/database.ts";
import { type StreamEvent, subscribe } from "../../support/event_stream.ts";
import { withServer } from "../../support/server.ts";
import { tickingSchema } from "../../support/ticking_schema.ts";
import { until } from "../../support/until.ts";

const TICKS = "subscription { ticks }";

onPostgres(
  "POST /graphql sends a subscription as server-sent events until its client disconnects",
  ({ db }) => {
    const { schema, tick, open } = tickingSchema();
    return withServer(db, async ({ url, keys }) => {
      const abort = new AbortController();
      const events = subscribe(url, keys.ADMIN, TICKS, abort.signal);
      assert.deepEqual((await events.next()).value, {
        event: "next",
        data: { data: { ticks: 1 } },
      });
      tick();
      assert.deepEqual((await events.next()).value, {
        event: "next",
        data: { data: { ticks: 2 } },
      });
      abort.abort();
      await assert.rejects(events.next());
      await until("the subscription is closed", () => open() === 0);
    }, { schema });
  },
);

onPostgres(
  "POST /graphql answers 401 to a subscription with an unknown key",
  ({ db }) =>
    withServer(db, async ({ url }) => {
      await assert.rejects(subscribe(url, "wb_unknown", TICKS).next(), /401/);
    }, { schema: tickingSchema().schema }),
);

onEveryDatabase(
  "revokeApiKey() ends the event streams of the key with UNAUTHENTICATED",
  ({ db }) => {
    const { schema, open } = tickingSchema();
    return withServer(db, async ({ url, services, organization: { admin } }) => {
      const { apiKey, secret } = await createApiKey(services, admin, {
        name: "Shop",
        role: "ADMIN",
      });
      const events = subscribe(url, secret, TICKS);
      await events.next();
      await revokeApiKey(services, admin, apiKey.id);
      const [last, end] = await Array.fromAsync(events) as [StreamEvent, StreamEvent];
      assert.equal(last.data?.errors?.[0]?.extensions?.code, "UNAUTHENTICATED");
      assert.equal(end.event, "complete");
      assert.equal(open(), 0);
    }, { schema });
  },
);

onPostgres("shutdown() ends event streams with SERVER_STOPPING", ({ db }) => {
  const { schema, open } = tickingSchema();
  return withServer(db, async ({ url, keys, shutdown }) => {
    const events = subscribe(url, keys.ADMIN, TICKS);
    await events.next();
    const [rest] = await Promise.all([Array.fromAsync(events), shutdown()]);
    assert.equal(rest[0]?.data?.errors?.[0]?.extensions?.code, "SERVER_STOPPING");
    assert.equal(open(), 0);
  }, { schema });
});
