import assert from "node:assert/strict";
import type { DeliveryError } from "../../src/channels/channel.ts";
import { statement } from "../../src/db/database.ts";
import { openCircuit, publishProviders } from "../../src/domain/providers/circuit.ts";
import { makeDue } from "../support/mail_worker.ts";
import { people, readStatus } from "../support/messages.ts";
import { onEveryProviders } from "../support/providers.ts";
import { until } from "../support/until.ts";

const PROBE_NOW = statement<[]>(
  "test.probeNow",
  "update providers set retry_at = now() where state <> 'CLOSED'",
);
const UNREACHABLE: DeliveryError = {
  type: "NETWORK",
  disposition: "retry",
  code: "ECONNREFUSED",
  message: "connect ECONNREFUSED",
  retryAfterMs: 3_600_000,
  beforeRecipient: true,
};
let greeting = Promise.withResolvers<void>();

onEveryProviders(
  "send() lets another provider take the mails while one does not greet, and uses its connection later",
  () => {
    greeting = Promise.withResolvers<void>();
    return [{ beforeGreeting: () => greeting.promise }, {}];
  },
  async ({ db, services, worker, servers: [slow, other], states, send }) => {
    assert.ok(slow && other);
    const { id } = await send({ to: { list: people(30) } });
    await worker.runQueued();
    assert.equal(await readStatus(db, id), "SENT");
    assert.equal(other.received.length, 30);
    const [open] = await states();
    assert.deepEqual([open?.state, open?.errorType], ["OPEN", "NETWORK"]);
    const { connections } = slow;

    greeting.resolve();
    await db.run(PROBE_NOW);
    publishProviders(services, [open?.id ?? ""]);
    await send({ to: { list: people(1) } });
    await worker.runQueued();
    assert.equal(slow.received.length, 1);
    assert.equal(slow.connections, connections);
    assert.equal((await states())[0]?.state, "CLOSED");
  },
);

onEveryProviders(
  "send() limits the wait for a greeting also while no other provider can be used",
  () => {
    greeting = Promise.withResolvers<void>();
    return [{ beforeGreeting: () => greeting.promise }, {}];
  },
  async ({ db, services, worker, servers: [slow, other], states, refresh, send }) => {
    assert.ok(slow && other);
    const [, recovering] = await states();
    assert.ok(recovering);
    await openCircuit(services, recovering, UNREACHABLE);
    await refresh();
    const { id } = await send({ to: { list: people(1) } });
    const sending = worker.runQueued();
    await until("a connection waits for its greeting", () => slow.connections > 0);
    await db.run(PROBE_NOW);
    await refresh();
    await sending;
    await makeDue(services);
    await worker.runQueued();
    assert.equal(await readStatus(db, id), "SENT");
    assert.equal(other.received.length, 1);
  },
);
