import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { createApiKey } from "../../../src/domain/access/api_keys.ts";
import { authenticateKey } from "../../../src/domain/access/authenticate.ts";
import { createBus } from "../../../src/events/bus.ts";
import { createOrganization } from "../../support/callers.ts";
import { onPostgres } from "../../support/database.ts";

const EXPIRE = statement<[id: string]>(
  "test.expire",
  "update api_keys set expires_at = now() - interval '1 second' where id = $1",
);
const AGE = statement<[id: string]>(
  "test.age",
  "update api_keys set last_used_at = now() - interval '2 minutes' where id = $1",
);
const USED_AT = statement<[id: string], { at: Date | null }>(
  "test.usedAt",
  "select last_used_at as at from api_keys where id = $1",
);

onPostgres("authenticateKey() refuses expired and unknown keys", async ({ db }) => {
  const services = { db, bus: createBus() };
  const { admin } = await createOrganization(db);
  const expiresAt = new Date(Date.now() + 60_000);
  const { apiKey, secret } = await createApiKey(services, admin, {
    name: "Shop",
    role: "ADMIN",
    expiresAt,
  });
  assert.deepEqual((await authenticateKey(services, secret))?.expiresAt, expiresAt);
  await db.run(EXPIRE, apiKey.id);
  assert.equal(await authenticateKey(services, secret), null);
  assert.equal(await authenticateKey(services, "wb_made-up"), null);
});

onPostgres("authenticateKey() records the use of a key once a minute", async ({ db }) => {
  const services = { db, bus: createBus() };
  const { admin } = await createOrganization(db);
  const { apiKey, secret } = await createApiKey(services, admin, { name: "Shop", role: "ADMIN" });
  const usedAt = async () => {
    await authenticateKey(services, secret);
    return (await db.run(USED_AT, apiKey.id))[0]?.at?.getTime();
  };
  const first = await usedAt();
  assert.ok(first);
  assert.equal(await usedAt(), first);
  await db.run(AGE, apiKey.id);
  assert.ok((await usedAt() ?? 0) >= first);
});
