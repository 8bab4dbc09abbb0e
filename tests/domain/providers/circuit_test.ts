import assert from "node:assert/strict";
import type { DeliveryError } from "../../../src/channels/channel.ts";
import { type Database, statement } from "../../../src/db/database.ts";
import {
  allowProbe,
  beginProbe,
  closeCircuit,
  openCircuit,
} from "../../../src/domain/providers/circuit.ts";
import {
  isProviderFailure,
  mayFailOver,
  openDurationMs,
  opensCircuit,
  type ProviderState,
} from "../../../src/domain/providers/provider.ts";
import { readStates } from "../../../src/domain/providers/find.ts";
import { registerProviders } from "../../../src/domain/providers/register.ts";
import type { Services } from "../../../src/domain/services.ts";
import { createBus } from "../../../src/events/bus.ts";
import { onEveryDatabase } from "../../support/database.ts";

const REFUSED: DeliveryError = {
  type: "NETWORK",
  disposition: "retry",
  code: "ECONNREFUSED",
  message: "connect ECONNREFUSED",
  retryAfterMs: null,
  beforeRecipient: true,
};
const END_WAIT = statement<[]>("test.endWait", "update providers set retry_at = now()");

async function open(db: Database): Promise<{ services: Services; provider: ProviderState }> {
  const named = { channel: "EMAIL", name: "smtp.example.com:587", perSecond: 50 } as const;
  const [provider] = await registerProviders({ db }, [named]);
  assert.ok(provider);
  return { services: { db, bus: createBus() }, provider };
}

onEveryDatabase(
  "beginProbe() lets one process probe, and openCircuit() doubles the wait after a failed probe",
  async ({ db }) => {
    const { services, provider } = await open(db);
    assert.deepEqual([provider.state, provider.perSecond, provider.retryMs], ["CLOSED", 50, null]);
    const opened = await openCircuit(services, provider, REFUSED);
    assert.equal(opened?.state, "OPEN");
    assert.deepEqual([opened.errorType, opened.errorCode], ["NETWORK", "ECONNREFUSED"]);
    assert.ok((opened.retryMs ?? 0) > 4_000 && (opened.retryMs ?? 0) <= 5_000);
    assert.equal(await beginProbe(services, opened), undefined, "too early");

    await db.run(END_WAIT);
    const probes = await Promise.all([beginProbe(services, opened), beginProbe(services, opened)]);
    const [probe, ...others] = probes.filter((probe) => probe !== undefined);
    assert.equal(probe?.state, "HALF_OPEN");
    assert.deepEqual(others, []);

    const again = await openCircuit(services, probe, REFUSED);
    assert.ok((again?.retryMs ?? 0) > 9_000, "twice as long");
    await db.run(END_WAIT);
    const second = await beginProbe(services, again ?? provider);
    const closed = await closeCircuit(services, second ?? provider);
    assert.deepEqual([closed?.state, closed?.openings, closed?.errorType], ["CLOSED", 0, null]);
  },
);

onEveryDatabase(
  "openCircuit() and closeCircuit() change nothing for a stale epoch",
  async ({ db }) => {
    const { services, provider } = await open(db);
    const opened = await openCircuit(services, provider, REFUSED);
    assert.equal(await openCircuit(services, provider, REFUSED), undefined);
    assert.equal(await closeCircuit(services, provider), undefined);
    assert.equal(opened?.openings, 1);
  },
);

onEveryDatabase(
  "allowProbe() and registerProviders() let an open provider be probed at once",
  async ({ db }) => {
    const { services, provider } = await open(db);
    const opened = await openCircuit(services, provider, { ...REFUSED, retryAfterMs: 3_600_000 });
    assert.ok((opened?.retryMs ?? 0) > 3_500_000);
    assert.deepEqual(await allowProbe(db, "MESSENGER"), []);
    assert.deepEqual(await allowProbe(db, "EMAIL"), [provider.id]);
    assert.equal(await beginProbe(services, opened ?? provider), undefined, "in a new epoch");
    const [again] = await readStates(db, [provider.id]);
    assert.equal((await beginProbe(services, again ?? provider))?.state, "HALF_OPEN");

    const { provider: restarted } = await open(db);
    assert.equal(restarted.id, provider.id);
    assert.equal(restarted.state, "HALF_OPEN");
  },
);

Deno.test("openDurationMs() doubles up to 30 s, and is at least the wait that the provider asked for", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 40].map((openings) => openDurationMs(REFUSED, openings)), [
    5_000,
    10_000,
    20_000,
    30_000,
    30_000,
    30_000,
  ]);
  assert.equal(openDurationMs({ ...REFUSED, retryAfterMs: 90_000 }, 0), 90_000);
});

Deno.test("opensCircuit() is true after three network failures, and at once for a refused login or throttling", () => {
  assert.deepEqual([1, 2, 3].map((failures) => opensCircuit(REFUSED, failures)), [
    false,
    false,
    true,
  ]);
  assert.equal(opensCircuit({ ...REFUSED, type: "ACCESS_TOKEN" }, 1), true);
  assert.equal(opensCircuit({ ...REFUSED, type: "RATE_LIMIT" }, 1), true);
});

Deno.test("isProviderFailure() is false for a reply about the recipient", () => {
  const greylisted = { ...REFUSED, type: "RATE_LIMIT", beforeRecipient: false } as const;
  assert.equal(isProviderFailure(REFUSED), true);
  assert.equal(isProviderFailure(greylisted), false);
  assert.equal(isProviderFailure({ ...greylisted, type: "NETWORK", noAnswer: true }), true);
  assert.equal(
    isProviderFailure({ ...greylisted, type: "ACCESS_TOKEN", disposition: "pause" }),
    true,
    "530 to RCPT",
  );
});

Deno.test("mayFailOver() is true for failures of the provider before the content only", () => {
  assert.equal(mayFailOver(REFUSED), true);
  assert.equal(mayFailOver({ ...REFUSED, type: "ACCESS_TOKEN", disposition: "pause" }), true);
  assert.equal(mayFailOver({ ...REFUSED, afterData: true }), false);
  assert.equal(mayFailOver({ ...REFUSED, disposition: "unknown" }), false);
  assert.equal(mayFailOver({ ...REFUSED, type: "PERMISSION", disposition: "pause" }), false);
  assert.equal(mayFailOver({ ...REFUSED, type: "INVALID_RECIPIENT" }), false);
});
