import assert from "node:assert/strict";
import { readBatchWaits } from "../../../src/domain/deliveries/batch_waits.ts";
import { listDeliveries } from "../../../src/domain/deliveries/list.ts";
import { readDeliveryWaits } from "../../../src/domain/deliveries/read_waits.ts";
import { updateProvider } from "../../../src/domain/installation/update_provider.ts";
import { toTypeId } from "../../../src/domain/id.ts";
import { listJobs } from "../../../src/domain/jobs/list.ts";
import { cancelMessage } from "../../../src/domain/messages/cancel.ts";
import { readMessageWaits } from "../../../src/domain/messages/waiting.ts";
import type { WaitingFor } from "../../../src/domain/waiting.ts";
import { addWorker } from "../../support/jobs.ts";
import { makeDue } from "../../support/mail_worker.ts";
import { people, readBatches } from "../../support/messages.ts";
import { onEveryProviders, type TestProviders } from "../../support/providers.ts";

/** Asserts that a message of one batch, its last delivery and its unfinished job have the same wait. */
async function waitOfAll(
  { db, services, organization: { admin } }: TestProviders,
  messageId: string,
): Promise<WaitingFor> {
  const message = (await readMessageWaits(db, [messageId])).get(messageId);
  const deliveries = await listDeliveries(services, admin, { messageId }, "CREATED_ASC", {});
  const deliveryId = deliveries.edges.at(-1)?.node.id ?? "";
  const filter = { subjectId: toTypeId("message", messageId), active: true };
  const jobs = await listJobs(services, admin, filter, "CREATED_ASC", {});
  const jobId = jobs.edges[0]?.node.id ?? "";
  assert.ok(message);
  assert.deepEqual((await readBatchWaits(db, [jobId])).get(jobId), message);
  assert.deepEqual((await readDeliveryWaits(db, [deliveryId])).get(deliveryId), message);
  return message;
}

function secondsUntil({ until }: WaitingFor): number {
  return (Number(until) - Date.now()) / 1_000;
}

onEveryProviders(
  "a message, its deliveries and its job wait for PROVIDER_OPEN until the next probe",
  () => [{}],
  async (given) => {
    const { services, worker, servers: [server], states, send } = given;
    await server?.close();
    const { id } = await send({ to: { list: people(10) } });
    await worker.runQueued();
    const [provider] = await states();
    const wait = await waitOfAll(given, id);
    assert.deepEqual([wait.reason, wait.providerId], ["PROVIDER_OPEN", provider?.id]);
    const name = provider?.name.replaceAll(".", "\\.");
    assert.match(
      wait.text,
      new RegExp(`^Waits for provider ${name}, which cannot be reached: .*ECONNREFUSED`),
    );
    assert.ok(secondsUntil(wait) < 6, "the circuit is open for 5 s");

    await addWorker(services, { BULK: 2 });
    await makeDue(services);
    assert.equal((await readMessageWaits(given.db, [id])).get(id), undefined, "its job is next");
  },
);

onEveryProviders(
  "a message and its queued jobs wait for PROVIDER_OPEN while another of its jobs does",
  () => [{}],
  async (given) => {
    const { db, services, organization: { admin }, worker, servers: [server], send } = given;
    await server?.close();
    await addWorker(services, { BULK: 2 });
    const { id } = await send({ to: { list: people(250) } });
    worker.start(await worker.claim(1));
    await worker.untilIdle();
    worker.start(await worker.claim(1));
    await worker.untilIdle();
    const [first, ...others] = await readBatches(db, id);
    assert.equal(first?.jobStatus, "SCHEDULED", "its batch has opened the circuit");
    const queued = others.find(({ jobStatus }) => jobStatus === "QUEUED");
    assert.ok(queued);
    const waits = await readBatchWaits(db, [first.jobId, queued.jobId]);
    assert.deepEqual(waits.get(queued.jobId), waits.get(first.jobId));
    assert.equal((await readMessageWaits(db, [id])).get(id)?.reason, "PROVIDER_OPEN", "queued");
    await worker.claim(1);
    assert.equal((await readMessageWaits(db, [id])).get(id)?.reason, "PROVIDER_OPEN", "running");
    await cancelMessage(services, admin, id);
  },
);

onEveryProviders(
  "a message, its deliveries and its job wait for NO_PROVIDER while all providers are disabled",
  () => [{}],
  async (given) => {
    const { services, organization: { operator }, worker, states, send } = given;
    const [provider] = await states();
    assert.ok(provider);
    await updateProvider(services, operator, provider.id, { enabled: false });
    const { id } = await send({});
    await worker.runQueued();
    const wait = await waitOfAll(given, id);
    assert.deepEqual([wait.reason, wait.until, wait.providerId], [
      "NO_PROVIDER",
      null,
      provider.id,
    ]);
    assert.match(wait.text, /The provider is disabled/);
    await updateProvider(services, operator, provider.id, { enabled: true });
    await worker.runQueued();
    assert.deepEqual(await readMessageWaits(given.db, [id]), new Map(), "sent");
  },
);

onEveryProviders(
  "a message, its deliveries and its job are PAUSED because of a provider that refuses the login",
  () => [{ login: { user: "ada", password: "good" } }],
  async (given) => {
    const { services, organization: { admin, operator }, worker, states, send } = given;
    const [provider] = await states();
    assert.ok(provider);
    await updateProvider(services, operator, provider.id, { user: "ada", password: "bad" });
    const { id } = await send({});
    await worker.runQueued();
    const wait = await waitOfAll(given, id);
    assert.deepEqual([wait.reason, wait.until, wait.providerId], ["PAUSED", null, provider.id]);
    assert.match(wait.text, /^Paused since .* because of an error of provider 127.*535 5\.7\.8/);
    await cancelMessage(services, admin, id);
  },
);

onEveryProviders(
  "a message, its deliveries and its job wait for RATE_LIMIT of a used up limit",
  () => [{}],
  async (given) => {
    const { services, organization: { admin, operator }, worker, states, send } = given;
    const [provider] = await states();
    assert.ok(provider);
    await updateProvider(services, operator, provider.id, { perSecondLimit: 0.01 });
    const { id } = await send({ to: { list: people(3) } });
    await worker.runQueued();
    const wait = await waitOfAll(given, id);
    assert.deepEqual([wait.reason, wait.providerId], ["RATE_LIMIT", provider.id]);
    assert.match(wait.text, /^Waits until .* for the rate limit of provider 127/);
    assert.ok(secondsUntil(wait) > 0);
    await cancelMessage(services, admin, id);
  },
);
