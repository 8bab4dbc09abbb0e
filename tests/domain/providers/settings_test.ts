import assert from "node:assert/strict";
import { type Database, statement } from "../../../src/db/database.ts";
import { findRecovered } from "../../../src/domain/providers/recovery.ts";
import { fingerprintOf, recordSettings } from "../../../src/domain/providers/settings.ts";
import { openCircuit } from "../../../src/domain/providers/circuit.ts";
import { endRecovery } from "../../../src/domain/providers/recovery.ts";
import { registerProviders } from "../../../src/domain/providers/register.ts";
import { readStates } from "../../../src/domain/providers/find.ts";
import { writeUpdate } from "../../../src/domain/providers/update.ts";
import { createBus } from "../../../src/events/bus.ts";
import type { DeliveryError } from "../../../src/channels/channel.ts";
import type { ProviderState } from "../../../src/domain/providers/provider.ts";
import type { Services } from "../../../src/domain/services.ts";
import { onEveryDatabase } from "../../support/database.ts";

const REFUSED_LOGIN: DeliveryError = {
  type: "ACCESS_TOKEN",
  disposition: "pause",
  code: "535 5.7.8",
  message: "535 5.7.8 Authentication credentials invalid",
  retryAfterMs: null,
  beforeRecipient: true,
};
const STORED = statement<[], { row: string }>(
  "test.storedProvider",
  "select providers::text as row from providers",
);

/** A known provider whose recovery has ended. */
async function register(db: Database): Promise<{ services: Services; id: string }> {
  const services = { db, bus: createBus() };
  const named = { channel: "EMAIL", name: "smtp.example.com:587", perSecond: null } as const;
  const [provider] = await registerProviders(services, [named]);
  assert.ok(provider);
  await endRecovery(db, provider);
  return { services, id: provider.id };
}

async function read(db: Database, id: string): Promise<ProviderState> {
  const [state] = await readStates(db, [id]);
  return state ?? assert.fail("no such provider");
}

async function hasRecovered(db: Database): Promise<boolean> {
  const recovered = await findRecovered(db, null);
  for (const provider of recovered) await endRecovery(db, provider);
  return recovered.length > 0;
}

onEveryDatabase(
  "recordSettings() closes the circuit once when a process starts with other settings",
  async ({ db }) => {
    const { services, id } = await register(db);
    const open = async (fingerprint: string) => {
      await openCircuit(services, await read(db, id), REFUSED_LOGIN, fingerprint);
      assert.equal((await read(db, id)).state, "OPEN");
    };
    await open("old");
    await recordSettings(services, id, "old");
    assert.deepEqual([(await read(db, id)).state, await hasRecovered(db)], ["OPEN", false]);

    const { epoch } = await read(db, id);
    await recordSettings(services, id, "new");
    const closed = await read(db, id);
    assert.deepEqual([closed.state, closed.errorType, closed.epoch], ["CLOSED", null, epoch + 1]);
    assert.equal(await hasRecovered(db), true);
    await recordSettings(services, id, "new");
    assert.equal(await hasRecovered(db), false);

    // A process that still has the old settings fails, and is then started with the new ones.
    await open("old");
    await recordSettings(services, id, "new");
    assert.deepEqual([(await read(db, id)).state, await hasRecovered(db)], ["CLOSED", true]);
    await open("new");
    await recordSettings(services, id, "new");
    assert.deepEqual([(await read(db, id)).state, await hasRecovered(db)], ["OPEN", false]);
  },
);

onEveryDatabase(
  "recordSettings() changes nothing at the first start of which a fingerprint is stored",
  async ({ db }) => {
    const { services, id } = await register(db);
    await openCircuit(services, await read(db, id), REFUSED_LOGIN);
    const before = await read(db, id);
    await recordSettings(services, id, "settings");
    const { state, epoch } = await read(db, id);
    assert.deepEqual([state, epoch], ["OPEN", before.epoch]);
    assert.equal(await hasRecovered(db), false);
  },
);

onEveryDatabase(
  "recordSettings() changes nothing while the credentials of an operator are used",
  async ({ db }) => {
    const { services, id } = await register(db);
    await recordSettings(services, id, "old");
    const change = { credentials: "sealed", perSecondLimit: undefined, enabled: undefined };
    await db.transaction((tx) => writeUpdate(tx, id, change));
    assert.equal(await hasRecovered(db), true);
    await openCircuit(services, await read(db, id), REFUSED_LOGIN, "old");
    await recordSettings(services, id, "new");
    assert.deepEqual([(await read(db, id)).state, await hasRecovered(db)], ["OPEN", false]);

    // Without them the settings apply again.
    await db.transaction((tx) => writeUpdate(tx, id, { ...change, credentials: null }));
    assert.deepEqual([(await read(db, id)).state, await hasRecovered(db)], ["CLOSED", true]);
    await recordSettings(services, id, "new");
    assert.equal(await hasRecovered(db), false);
  },
);

onEveryDatabase(
  "openCircuit() ends a recovery when its error pauses messages",
  async ({ db }) => {
    const { services, id } = await register(db);
    await recordSettings(services, id, "old");
    await recordSettings(services, id, "new");
    await openCircuit(services, await read(db, id), REFUSED_LOGIN, "new");
    assert.equal(await hasRecovered(db), false);
  },
);

onEveryDatabase(
  "fingerprintOf() depends on the provider, and does not show the password",
  async ({ db }) => {
    const { services, id } = await register(db);
    const settings = JSON.stringify({ user: "ada", password: "correct horse" });
    const fingerprint = await fingerprintOf(id, settings);
    assert.equal(await fingerprintOf(id, settings), fingerprint);
    assert.notEqual(await fingerprintOf(id, settings.replace("horse", "house")), fingerprint);
    assert.notEqual(await fingerprintOf(crypto.randomUUID(), settings), fingerprint);
    await recordSettings(services, id, fingerprint);
    const [stored] = await db.run(STORED);
    assert.doesNotMatch(stored?.row ?? "", /correct|horse/);
  },
);
