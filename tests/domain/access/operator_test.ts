import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { revokeApiKey } from "../../../src/domain/access/api_keys.ts";
import { authenticateKey } from "../../../src/domain/access/authenticate.ts";
import { ensureOperator } from "../../../src/domain/access/operator.ts";
import { createBus } from "../../../src/events/bus.ts";
import { onEveryDatabase, onPostgres } from "../../support/database.ts";

onEveryDatabase(
  "ensureOperator() creates one key among concurrent first starts",
  async ({ db }) => {
    const services = { db, bus: createBus() };
    const secrets = await Promise.all([1, 2, 3].map(() => ensureOperator(services, null)));
    const made = secrets.filter((secret) => secret !== null);
    assert.equal(made.length, 1);
    const session = await authenticateKey(services, made[0] ?? "");
    assert.equal(session?.caller.role, "OPERATOR");
    assert.equal(await ensureOperator(services, null), null);
  },
);

onPostgres(
  "ensureOperator() creates a new key once no OPERATOR's key is usable",
  async ({ db }) => {
    const services = { db, bus: createBus() };
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
  "ensureOperator() makes ADMIN_API_KEY usable again, and replaces its earlier value",
  async ({ db }) => {
    const services = { db, bus: createBus() };
    const callerOf = async (secret: string) => (await authenticateKey(services, secret))?.caller;
    await Promise.all([1, 2, 3].map(() => ensureOperator(services, "chosen-first")));
    const caller = await callerOf("chosen-first");
    assert.equal(caller?.role, "OPERATOR");

    await revokeApiKey(services, caller, caller.keyId ?? "");
    assert.equal(await callerOf("chosen-first"), undefined);
    assert.equal(await ensureOperator(services, "chosen-first"), null);
    assert.ok(await callerOf("chosen-first"));

    await ensureOperator(services, "chosen-second");
    assert.equal(await callerOf("chosen-first"), undefined);
    assert.equal((await callerOf("chosen-second"))?.organizationId, caller.organizationId);
  },
);

onPostgres(
  "ensureOperator() accepts the key of an earlier start as ADMIN_API_KEY",
  async ({ db }) => {
    const services = { db, bus: createBus() };
    const made = await ensureOperator(services, null) ?? "";
    await ensureOperator(services, "chosen-first");
    await ensureOperator(services, made);
    assert.equal((await authenticateKey(services, made))?.caller.role, "OPERATOR");
    assert.equal(await authenticateKey(services, "chosen-first"), null);
  },
);

const ADMIN_EMAILS = statement<[], { adminEmail: string | null }>(
  "test.adminEmails",
  `select admin_email as "adminEmail" from organizations where name = 'Main'`,
);

onEveryDatabase("ensureOperator() sets the address of the administrators once", async ({ db }) => {
  const services = { db, bus: createBus() };
  await ensureOperator(services, null);
  assert.deepEqual(await db.run(ADMIN_EMAILS), [{ adminEmail: null }]);
  await ensureOperator(services, null, "ada@example.com");
  await ensureOperator(services, null, "max@example.com");
  assert.deepEqual(await db.run(ADMIN_EMAILS), [{ adminEmail: "ada@example.com" }]);
});
