import assert from "node:assert/strict";
import { updateProvider } from "../../src/domain/installation/update_provider.ts";
import { cancelMessage } from "../../src/domain/messages/cancel.ts";
import { getMessage } from "../../src/domain/messages/find.ts";
import { pause, pauseMessage } from "../../src/domain/messages/pause.ts";
import { makeDue } from "../support/mail_worker.ts";
import { people, readBatches, readDeliveries, tally } from "../support/messages.ts";
import { onEveryProviders } from "../support/providers.ts";
import { until } from "../support/until.ts";

onEveryProviders(
  "SEND_BATCH sends a TRANSACTIONAL message before bulk that waits for the rate limit",
  () => [{}],
  async (given) => {
    const { services, organization: { operator }, worker, servers: [server], states, send } = given;
    const [provider] = await states();
    assert.ok(server && provider);
    await updateProvider(services, operator, provider.id, { perSecondLimit: 20 });
    await send({ to: { list: people(60) } });
    await until("bulk is being sent", async () => {
      worker.start(await worker.claim());
      return server.received.length > 0;
    });
    await send({ to: { list: [{ address: "max@example.net" }] }, lane: "TRANSACTIONAL" });
    await until("the transactional mail has arrived", async () => {
      worker.start(await worker.claim());
      return server.received.some(({ recipient }) => recipient === "max@example.net");
    });
    assert.ok(server.received.length < 40, `after ${server.received.length} mails`);
    // The limit is raised, so that the rest is sent at once.
    await updateProvider(services, operator, provider.id, { perSecondLimit: 10_000 });
    await worker.untilIdle();
    assert.equal(server.received.length, 61);
  },
);

onEveryProviders(
  "SEND_BATCH leaves deliveries that wait for the rate limit PENDING when the worker stops",
  () => [{}],
  async (given) => {
    const { db, services, organization: { operator }, worker, servers: [server], states, send } =
      given;
    const [provider] = await states();
    assert.ok(server && provider);
    await updateProvider(services, operator, provider.id, { perSecondLimit: 0.01 });
    const { id } = await send({ to: { list: people(10) } });
    await until("the first mail was sent", async () => {
      worker.start(await worker.claim());
      return server.received.length === 1;
    });
    worker.abort("stopping");
    await worker.untilIdle();
    const rows = await readDeliveries(db, id);
    assert.deepEqual(tally(rows.map(({ status, tries }) => `${status} ${tries}`)), {
      "SENT 1": 1,
      "PENDING 0": 9,
    });
    assert.equal((await readBatches(db, id))[0]?.win, null);
  },
);

onEveryProviders(
  "cancelMessage() cancels deliveries that wait for the rate limit",
  () => [{}],
  async (given) => {
    const { services, organization: { admin, operator }, worker, servers: [server], states, send } =
      given;
    const [provider] = await states();
    assert.ok(server && provider);
    await updateProvider(services, operator, provider.id, { perSecondLimit: 0.01 });
    const { id } = await send({ to: { list: people(10) } });
    await worker.runQueued();
    assert.equal(server.received.length, 1);
    await cancelMessage(services, admin, id);
    await updateProvider(services, operator, provider.id, { perSecondLimit: null });
    await makeDue(services);
    await worker.runQueued();
    assert.equal(server.received.length, 1);
    const third = await send({ to: { list: people(3) } });
    await worker.runQueued();
    assert.equal((await getMessage(services, admin, third.id)).status, "SENT");
  },
);

onEveryProviders(
  "SEND_BATCH leaves deliveries to a silent server PENDING when the worker stops",
  () => [{ silent: true }],
  async ({ db, worker, servers: [server], send }) => {
    const { id } = await send({ to: { list: people(30) } });
    await until("the server keeps a connection waiting", async () => {
      worker.start(await worker.claim());
      return (server?.connections ?? 0) > 0;
    });
    worker.abort("stopping");
    await worker.untilIdle();
    const rows = await readDeliveries(db, id);
    assert.deepEqual(tally(rows.map(({ status, tries }) => `${status} ${tries}`)), {
      "PENDING 0": 30,
    });
    assert.equal((await readBatches(db, id))[0]?.win, null);
  },
);

onEveryProviders(
  "pause() ignores errors from before the provider was reconfigured",
  () => [{}],
  async ({ services, organization: { admin, operator }, states, send }) => {
    const [provider] = await states();
    assert.ok(provider);
    const message = await send({ to: { list: people(3) } });
    await updateProvider(services, operator, provider.id, { user: "ada", password: "new" });
    const cause = { reason: "535 No", code: "535", providers: [{ id: provider.id, epoch: 0 }] };
    assert.equal(await pause(services, message, cause), undefined);
    assert.notEqual((await getMessage(services, admin, message.id)).status, "PAUSED");
    await cancelMessage(services, admin, message.id);
  },
);

onEveryProviders(
  "updateProvider() resumes no message that a user has paused",
  () => [{}],
  async ({ services, organization: { admin, operator }, states, send }) => {
    const [provider] = await states();
    assert.ok(provider);
    const message = await send({ to: { list: people(3) } });
    const { id, epoch } = provider;
    await pause(services, message, { reason: "535 No", code: "535", providers: [{ id, epoch }] });
    const { pauseReason } = await pauseMessage(services, admin, message.id);
    assert.equal(pauseReason, "Paused by a person");
    const { resumed } = await updateProvider(services, operator, id, { enabled: true });
    assert.deepEqual(resumed, []);
    assert.equal((await getMessage(services, admin, message.id)).status, "PAUSED");
    await cancelMessage(services, admin, message.id);
  },
);

onEveryProviders(
  "SEND_BATCH sends TRANSACTIONAL messages while bulk has used up the rate limit",
  () => [{}],
  async ({ services, organization: { admin, operator }, worker, servers, states, send }) => {
    const [provider] = await states();
    assert.ok(provider);
    await updateProvider(services, operator, provider.id, { perSecondLimit: 0.01 });
    const bulk = await send({ to: { list: people(10) } });
    await worker.runQueued();
    assert.equal(servers[0]?.received.length, 1);
    const { id } = await send({
      to: { list: [{ address: "max@example.net" }] },
      lane: "TRANSACTIONAL",
    });
    await worker.runQueued();
    assert.equal((await getMessage(services, admin, id)).status, "SENT");
    assert.equal(servers[0]?.received.length, 2);
    await cancelMessage(services, admin, bulk.id);
  },
);
