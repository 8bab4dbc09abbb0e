import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import type { Caller, Role } from "../../../src/domain/access/access.ts";
import { createApiKey, listApiKeys, revokeApiKey } from "../../../src/domain/access/api_keys.ts";
import { authenticateKey } from "../../../src/domain/access/authenticate.ts";
import { ForbiddenError, NotFoundError } from "../../../src/domain/errors.ts";
import { toTypeId } from "../../../src/domain/id.ts";
import { type Change, createBus } from "../../../src/events/bus.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryDatabase, onPostgres } from "../../support/database.ts";
import { issuesOf } from "../../support/issues.ts";

const STORED = statement<[], { row: string }>(
  "test.stored",
  "select (k.*)::text || encode(hash, 'escape') as row from api_keys k",
);

onEveryDatabase("createApiKey() returns a key that authenticates its caller", async ({ db }) => {
  const services = { db, bus: createBus() };
  const { admin, id } = await createOrganization(db);
  const { apiKey, secret } = await createApiKey(services, admin, {
    name: " Shop ",
    role: "MEMBER",
    userId: "max",
  });
  assert.match(secret, /^wb_[\w-]{43}$/);
  assert.ok(secret.startsWith(apiKey.prefix));
  assert.equal(apiKey.name, "Shop");
  const session = await authenticateKey(services, secret);
  const caller: Caller = { organizationId: id, userId: "max", role: "MEMBER", keyId: apiKey.id };
  assert.deepEqual(session, { caller, expiresAt: null });
});

onPostgres("createApiKey() does not store the secret", async ({ db }) => {
  const { admin } = await createOrganization(db);
  const { secret } = await createApiKey({ db, bus: createBus() }, admin, {
    name: "Shop",
    role: "ADMIN",
  });
  const rows = await db.run(STORED);
  assert.ok(rows.length > 0);
  for (const { row } of rows) assert.ok(!row.includes(secret.slice(10)));
});

onPostgres(
  "createApiKey() sets userId of a MEMBER's key without userId to the id of the key",
  async ({ db }) => {
    const { admin } = await createOrganization(db);
    const { apiKey } = await createApiKey({ db, bus: createBus() }, admin, {
      name: "Shop",
      role: "MEMBER",
    });
    assert.equal(apiKey.userId, toTypeId("apiKey", apiKey.id));
  },
);

onPostgres("createApiKey() grants no role above the caller's own", async ({ db }) => {
  const services = { db, bus: createBus() };
  const { operator, admin, member } = await createOrganization(db);
  const make = (caller: Caller, role: Role) =>
    createApiKey(services, caller, { name: "Key", role });
  await assert.rejects(make(member, "MEMBER"), ForbiddenError);
  await assert.rejects(make(admin, "OPERATOR"), ForbiddenError);
  await make(admin, "ADMIN");
  await make(operator, "OPERATOR");
});

onPostgres("createApiKey() reports every fault and writes nothing", async ({ db }) => {
  const services = { db, bus: createBus() };
  const { admin } = await createOrganization(db);
  const issues = await issuesOf(() =>
    createApiKey(services, admin, {
      name: "  ",
      role: "ADMIN",
      userId: "u".repeat(201),
      expiresAt: new Date(Date.now() - 1000),
    })
  );
  assert.deepEqual(issues, ["name REQUIRED", "userId TOO_LONG", "expiresAt PAST"]);
  const malformed = () => createApiKey(services, admin, { name: "a\0b\r\n", role: "ADMIN" });
  assert.deepEqual(await issuesOf(malformed), ["name MALFORMED"]);
  const surrogates = { name: "a\ud800", role: "MEMBER", userId: "a\ud800" } as const;
  assert.deepEqual(await issuesOf(() => createApiKey(services, admin, surrogates)), [
    "name MALFORMED",
    "userId MALFORMED",
  ]);
  assert.equal((await listApiKeys(services, admin, {})).edges.length, 0);
});

onPostgres(
  "revokeApiKey() revokes a key, publishes the change, and may be repeated",
  async ({ db }) => {
    const services = { db, bus: createBus() };
    const { admin, id: organizationId } = await createOrganization(db);
    const { apiKey, secret } = await createApiKey(services, admin, { name: "Shop", role: "ADMIN" });
    const changes: Change[] = [];
    services.bus.subscribe("access", (change) => changes.push(change));
    const revoked = await revokeApiKey(services, admin, apiKey.id);
    assert.equal(await authenticateKey(services, secret), null);
    assert.deepEqual(changes, [{ topic: "access", organizationId, ids: [apiKey.id] }]);
    const again = await revokeApiKey(services, admin, apiKey.id);
    assert.deepEqual(again.revokedAt, revoked.revokedAt);
  },
);

onPostgres("revokeApiKey() does not find the key of another organization", async ({ db }) => {
  const services = { db, bus: createBus() };
  const [mine, theirs] = [await createOrganization(db), await createOrganization(db)];
  const { apiKey } = await createApiKey(services, theirs.admin, { name: "Shop", role: "ADMIN" });
  await assert.rejects(revokeApiKey(services, mine.admin, apiKey.id), NotFoundError);
  await assert.rejects(revokeApiKey(services, theirs.member, apiKey.id), ForbiddenError);
});

onPostgres("revokeApiKey() refuses an ADMIN an OPERATOR's key", async ({ db }) => {
  const services = { db, bus: createBus() };
  const { operator, admin } = await createOrganization(db);
  const { apiKey } = await createApiKey(services, operator, { name: "Root", role: "OPERATOR" });
  await assert.rejects(revokeApiKey(services, admin, apiKey.id), ForbiddenError);
  await revokeApiKey(services, operator, apiKey.id);
});
