import assert from "node:assert/strict";
import { readDeliveries, readStatus, readTries } from "../support/messages.ts";
import { onEveryProviders } from "../support/providers.ts";

const INTERNATIONAL = { address: "jörg@example.com", name: null };
const ASCII = { address: "joerg@example.com", name: null };
onEveryProviders(
  "send() sends an international address through the provider that offers SMTPUTF8",
  () => [{ asciiOnly: true }, {}],
  async ({ db, worker, servers, states, send }) => {
    const { id } = await send({ to: { list: [ASCII, INTERNATIONAL] } });
    await worker.runQueued();
    assert.equal(await readStatus(db, id), "SENT");
    assert.deepEqual(servers.map(({ received }) => received.map(({ recipient }) => recipient)), [
      [ASCII.address],
      [INTERNATIONAL.address],
    ]);
    assert.deepEqual((await states()).map(({ state }) => state), ["CLOSED", "CLOSED"]);
    const tries = await readTries(db, id, 2);
    assert.deepEqual(tries.map(({ outcome, errorCode }) => [outcome, errorCode]), [
      ["FAILED", "SMTPUTF8"],
      ["SUCCEEDED", null],
    ]);
  },
);

onEveryProviders(
  "send() fails an international address if no provider offers SMTPUTF8",
  () => [{ asciiOnly: true }, { asciiOnly: true }],
  async ({ db, worker, servers, states, send }) => {
    const { id } = await send({ to: { list: [INTERNATIONAL] } });
    await worker.runQueued();
    const [delivery] = await readDeliveries(db, id);
    assert.deepEqual([delivery?.status, delivery?.errorType, delivery?.errorCode], [
      "FAILED",
      "INVALID_RECIPIENT",
      "SMTPUTF8",
    ]);
    assert.deepEqual(servers.flatMap(({ received }) => received), []);
    assert.deepEqual((await states()).map(({ state }) => state), ["CLOSED", "CLOSED"]);
  },
);

onEveryProviders(
  "send() retries an international address if the provider without SMTPUTF8 is the only one that works",
  () => [{}, { asciiOnly: true }],
  async ({ db, worker, servers, send }) => {
    await servers[0]?.close();
    // More than fail before the circuit opens: the others skip the first provider.
    const list = Array.from({ length: 10 }, (_, n) => ({ address: `jörg${n}@example.com` }));
    const { id } = await send({ to: { list } });
    await worker.runQueued();
    const deliveries = await readDeliveries(db, id);
    assert.ok(deliveries.every(({ errorType }) => errorType === "NETWORK"));
    assert.ok(deliveries.every(({ status }) => status === "PENDING"));
    assert.deepEqual(servers[1]?.received, []);
  },
);
