import assert from "node:assert/strict";
import { type Database, statement } from "../../src/db/database.ts";
import { createApiKey, revokeApiKey } from "../../src/domain/access/api_keys.ts";
import { createBus } from "../../src/events/bus.ts";
import { createKeyCache } from "../../src/server/key_cache.ts";
import { createOrganization } from "../support/callers.ts";
import { onEveryDatabase, onPostgres } from "../support/database.ts";
import { until } from "../support/until.ts";

const REVOKE = statement<[id: string]>(
  "test.revoke",
  "update api_keys set revoked_at = now() where id = $1",
);

async function setUp(db: Database) {
  const reads: string[] = [];
  const counting: Database = {
    ...db,
    run(statement, ...params) {
      reads.push(statement.label);
      return db.run(statement, ...params);
    },
  };
  const services = { db: counting, bus: createBus() };
  const { admin } = await createOrganization(db);
  const { apiKey, secret } = await createApiKey(services, admin, { name: "key", role: "ADMIN" });
  reads.length = 0;
  return { services, admin, apiKey, secret, reads, authenticate: createKeyCache(services) };
}

onEveryDatabase("a key is read once for many requests", async ({ db }) => {
  const { authenticate, secret, reads, admin } = await setUp(db);
  const sessions = await Promise.all(Array.from({ length: 100 }, () => authenticate(secret)));
  for (const session of sessions) {
    assert.equal(session?.caller.organizationId, admin.organizationId);
  }
  assert.ok(reads.length <= 4, `${reads.length} statements`);
});

onEveryDatabase("revokeApiKey() refuses a key that was read before", async ({ db }) => {
  const { services, admin, apiKey, secret, authenticate } = await setUp(db);
  assert.ok(await authenticate(secret));
  await revokeApiKey(services, admin, apiKey.id);
  assert.equal(await authenticate(secret), null);
});

onPostgres("a revoked key is refused within a second even if the event is lost", async ({ db }) => {
  const { apiKey, secret, authenticate } = await setUp(db);
  assert.ok(await authenticate(secret));
  await db.run(REVOKE, apiKey.id);
  await until("the key is refused", async () => await authenticate(secret) === null);
});

onPostgres("unknown keys are refused, and read again when they exist", async ({ db }) => {
  const { authenticate, reads } = await setUp(db);
  assert.equal(await authenticate("wb_unknown"), null);
  assert.equal(await authenticate("wb_unknown"), null);
  assert.deepEqual(reads, ["access.usableKey", "access.usableKey"]);
});
