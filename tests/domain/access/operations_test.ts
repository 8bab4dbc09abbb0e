import assert from "node:assert/strict";
import { type Database, statement } from "../../../src/db/database.ts";
import type { Caller, Role } from "../../../src/domain/access/access.ts";
import {
  authenticateKey,
  createApiKey,
  createOrganization as makeOrganization,
  ensureOperator,
  revokeApiKey,
} from "../../../src/domain/access/operations.ts";
import { listApiKeys } from "../../../src/domain/access/queries.ts";
import { ForbiddenError, InvalidInputError, NotFoundError } from "../../../src/domain/errors.ts";
import { toTypeId } from "../../../src/domain/id.ts";
import type { Services } from "../../../src/domain/services.ts";
import { type Change, createBus } from "../../../src/events/bus.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryDatabase, onPostgres } from "../../support/database.ts";

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
const STORED = statement<[], { row: string }>(
  "test.stored",
  "select (k.*)::text || encode(hash, 'escape') as row from api_keys k",
);

function servicesOf(db: Database): Services {
  return { db, bus: createBus() };
}

async function issuesOf(refused: Promise<unknown>): Promise<[path: string, code: string][]> {
  const error = await refused.then(() => null, (error) => error);
  if (!(error instanceof InvalidInputError)) throw error ?? new Error("It was not refused");
  return error.issues.map(({ path, code }) => [path.join("."), code]);
}

onEveryDatabase("createApiKey() makes a key that lets its caller in", async ({ db }) => {
  const services = servicesOf(db);
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

onPostgres("createApiKey() stores no secret", async ({ db }) => {
  const { admin } = await createOrganization(db);
  const { secret } = await createApiKey(servicesOf(db), admin, { name: "Shop", role: "ADMIN" });
  const rows = await db.run(STORED);
  assert.ok(rows.length > 0);
  for (const { row } of rows) assert.ok(!row.includes(secret.slice(10)));
});

onPostgres("createApiKey() lets a MEMBER's key without a user stand for itself", async ({ db }) => {
  const { admin } = await createOrganization(db);
  const { apiKey } = await createApiKey(servicesOf(db), admin, { name: "Shop", role: "MEMBER" });
  assert.equal(apiKey.userId, toTypeId("apiKey", apiKey.id));
});

onPostgres("createApiKey() grants no role above the caller's own", async ({ db }) => {
  const services = servicesOf(db);
  const { operator, admin, member } = await createOrganization(db);
  const make = (caller: Caller, role: Role) =>
    createApiKey(services, caller, { name: "Key", role });
  await assert.rejects(make(member, "MEMBER"), ForbiddenError);
  await assert.rejects(make(admin, "OPERATOR"), ForbiddenError);
  await make(admin, "ADMIN");
  await make(operator, "OPERATOR");
});

onPostgres("createApiKey() names every fault and writes nothing", async ({ db }) => {
  const services = servicesOf(db);
  const { admin } = await createOrganization(db);
  const issues = await issuesOf(createApiKey(services, admin, {
    name: "  ",
    role: "ADMIN",
    userId: "u".repeat(201),
    expiresAt: new Date(Date.now() - 1000),
  }));
  assert.deepEqual(issues, [["name", "REQUIRED"], ["userId", "TOO_LONG"], ["expiresAt", "PAST"]]);
  const broken = createApiKey(services, admin, { name: "a\0b\r\n", role: "ADMIN" });
  assert.deepEqual(await issuesOf(broken), [["name", "MALFORMED"]]);
  assert.equal((await listApiKeys(services, admin, {})).edges.length, 0);
});

onPostgres("revokeApiKey() ends a key, tells of it, and may be repeated", async ({ db }) => {
  const services = servicesOf(db);
  const { admin, id: organizationId } = await createOrganization(db);
  const { apiKey, secret } = await createApiKey(services, admin, { name: "Shop", role: "ADMIN" });
  const changes: Change[] = [];
  services.bus.subscribe("access", (change) => changes.push(change));
  const revoked = await revokeApiKey(services, admin, apiKey.id);
  assert.equal(await authenticateKey(services, secret), null);
  assert.deepEqual(changes, [{ topic: "access", organizationId, ids: [apiKey.id] }]);
  const again = await revokeApiKey(services, admin, apiKey.id);
  assert.deepEqual(again.revokedAt, revoked.revokedAt);
});

onPostgres("revokeApiKey() finds no key of another organization", async ({ db }) => {
  const services = servicesOf(db);
  const [mine, theirs] = [await createOrganization(db), await createOrganization(db)];
  const { apiKey } = await createApiKey(services, theirs.admin, { name: "Shop", role: "ADMIN" });
  await assert.rejects(revokeApiKey(services, mine.admin, apiKey.id), NotFoundError);
  await assert.rejects(revokeApiKey(services, theirs.member, apiKey.id), ForbiddenError);
});

onPostgres("revokeApiKey() leaves an OPERATOR's key to the OPERATOR", async ({ db }) => {
  const services = servicesOf(db);
  const { operator, admin } = await createOrganization(db);
  const { apiKey } = await createApiKey(services, operator, { name: "Root", role: "OPERATOR" });
  await assert.rejects(revokeApiKey(services, admin, apiKey.id), ForbiddenError);
  await revokeApiKey(services, operator, apiKey.id);
});

onPostgres("authenticateKey() knows neither expired nor made-up keys", async ({ db }) => {
  const services = servicesOf(db);
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

onPostgres("authenticateKey() notes the use of a key once a minute", async ({ db }) => {
  const services = servicesOf(db);
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

onPostgres(
  "createOrganization() is the OPERATOR's, and opens it by an ADMIN's key",
  async ({ db }) => {
    const services = servicesOf(db);
    const { operator, admin } = await createOrganization(db);
    await assert.rejects(makeOrganization(services, admin, { name: "Acme" }), ForbiddenError);
    const { organization, apiKey, secret } = await makeOrganization(services, operator, {
      name: "Acme",
    });
    assert.equal(apiKey.organizationId, organization.id);
    assert.equal((await authenticateKey(services, secret))?.caller.role, "ADMIN");
    assert.deepEqual(await issuesOf(makeOrganization(services, operator, { name: "" })), [
      ["name", "REQUIRED"],
    ]);
  },
);

onEveryDatabase("ensureOperator() makes one key at the first start only", async ({ db }) => {
  const services = servicesOf(db);
  const secrets = await Promise.all([1, 2, 3].map(() => ensureOperator(services, null)));
  const made = secrets.filter((secret) => secret !== null);
  assert.equal(made.length, 1);
  const session = await authenticateKey(services, made[0] ?? "");
  assert.equal(session?.caller.role, "OPERATOR");
  assert.equal(await ensureOperator(services, null), null);
});

onPostgres(
  "ensureOperator() makes a new key when no operator's can be used any more",
  async ({ db }) => {
    const services = servicesOf(db);
    const first = await ensureOperator(services, null);
    const session = await authenticateKey(services, first ?? "");
    assert.ok(session?.caller.keyId);
    await revokeApiKey(services, session.caller, session.caller.keyId);
    const second = await ensureOperator(services, null);
    const organizationId = (await authenticateKey(services, second ?? ""))?.caller.organizationId;
    assert.equal(organizationId, session.caller.organizationId);
  },
);

onPostgres(
  "ensureOperator() keeps a chosen key valid, and replaces it by another",
  async ({ db }) => {
    const services = servicesOf(db);
    const letsIn = async (secret: string) => (await authenticateKey(services, secret))?.caller;
    await Promise.all([1, 2, 3].map(() => ensureOperator(services, "chosen-once")));
    const caller = await letsIn("chosen-once");
    assert.equal(caller?.role, "OPERATOR");

    await revokeApiKey(services, caller, caller.keyId ?? "");
    assert.equal(await letsIn("chosen-once"), undefined);
    assert.equal(await ensureOperator(services, "chosen-once"), null);
    assert.ok(await letsIn("chosen-once"));

    await ensureOperator(services, "chosen-anew");
    assert.equal(await letsIn("chosen-once"), undefined);
    assert.equal((await letsIn("chosen-anew"))?.organizationId, caller.organizationId);
  },
);

onPostgres(
  "ensureOperator() takes the key of an earlier start as the chosen one",
  async ({ db }) => {
    const services = servicesOf(db);
    const made = await ensureOperator(services, null) ?? "";
    await ensureOperator(services, "chosen-once");
    await ensureOperator(services, made);
    assert.equal((await authenticateKey(services, made))?.caller.role, "OPERATOR");
    assert.equal(await authenticateKey(services, "chosen-once"), null);
  },
);
