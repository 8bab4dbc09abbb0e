import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { newId } from "../../../src/domain/id.ts";
import { recordEvents } from "../../../src/domain/outbox/append.ts";
import { createEndpoint } from "../../../src/domain/webhooks/create.ts";
import { eraseFromCalls } from "../../../src/domain/webhooks/erase.ts";
import { listCalls } from "../../../src/domain/webhooks/find.ts";
import { pruneWebhooks } from "../../../src/domain/webhooks/prune.ts";
import {
  replayCalls,
  replayFailedCalls,
  testEndpoint,
} from "../../../src/domain/webhooks/replay.ts";
import { rotateSecret, updateEndpoint } from "../../../src/domain/webhooks/update.ts";
import { deleteEndpoint } from "../../../src/domain/webhooks/delete.ts";
import {
  ConflictError,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
} from "../../../src/domain/errors.ts";
import { refusalOfHost } from "../../../src/channels/webhook/refusal.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryQueue } from "../../support/queue.ts";
import { until } from "../../support/until.ts";
import { startReceiver } from "../../support/webhook_receiver.ts";
import {
  addEndpoint,
  readCalls,
  readOutbox,
  startWebhookWorker,
  withVault,
} from "../../support/webhooks.ts";

const URL = "https://example.com/hook";

onEveryQueue("createEndpoint() refuses a wrong URL, private hosts and no events", async (queue) => {
  const services = { ...withVault(queue.services), refusalOfHost };
  const { admin } = queue.organization;
  const codes = {
    "not a url": "MALFORMED",
    "ftp://example.com/": "MALFORMED",
    "https://user:secret@example.com/": "MALFORMED",
    "http://127.0.0.1:8000/": "PRIVATE_ADDRESS",
    "http://[::ffff:10.0.0.1]/": "PRIVATE_ADDRESS",
    "http://169.254.169.254/latest/meta-data": "PRIVATE_ADDRESS",
    "http://localhost:5432/": "PRIVATE_ADDRESS",
    [`https://example.com/${"a".repeat(2_000)}`]: "TOO_LONG",
  };
  for (const [url, code] of Object.entries(codes)) {
    // The last one needs no look-up of the host.
    const checking = code === "TOO_LONG" ? withVault(queue.services) : services;
    await assert.rejects(addEndpoint(checking, admin, url), (error) => {
      assert.ok(error instanceof InvalidInputError);
      assert.deepEqual(error.issues.map((issue) => [issue.path, issue.code]), [[["url"], code]]);
      return true;
    });
  }
  await assert.rejects(
    createEndpoint(withVault(queue.services), admin, { url: URL, events: [], enabled: true }),
    /at least one event/,
  );
  await assert.rejects(
    createEndpoint(withVault(queue.services), admin, { url: URL, events: ["TEST"], enabled: true }),
    InvalidInputError,
  );
});

onEveryQueue("endpoints are for ADMINs of their organization", async (queue) => {
  const services = withVault(queue.services);
  const { organization: { admin, member }, db } = queue;
  const { admin: stranger } = await createOrganization(db);
  const { endpoint: { id } } = await addEndpoint(services, admin, URL);
  const { id: callId } = await testEndpoint(services, admin, id);
  await assert.rejects(addEndpoint(services, member, URL), ForbiddenError);
  await assert.rejects(updateEndpoint(services, member, id, { enabled: false }), ForbiddenError);
  await assert.rejects(replayCalls(services, member, [callId]), ForbiddenError);
  await assert.rejects(updateEndpoint(services, stranger, id, { enabled: false }), NotFoundError);
  await assert.rejects(deleteEndpoint(services, stranger, id), NotFoundError);
  await assert.rejects(rotateSecret(services, stranger, id), NotFoundError);
  await assert.rejects(testEndpoint(services, stranger, id), NotFoundError);
  await assert.rejects(replayCalls(services, stranger, [callId]), NotFoundError);
  await assert.rejects(replayFailedCalls(services, stranger, id, null), NotFoundError);
});

onEveryQueue("an organization has at most 20 endpoints", async (queue) => {
  const services = withVault(queue.services);
  const { admin } = queue.organization;
  for (let n = 0; n < 20; n++) await addEndpoint(services, admin, `${URL}/${n}`, ["JOB_FAILED"]);
  await assert.rejects(addEndpoint(services, admin, URL), ConflictError);
});

onEveryQueue("a disabled endpoint makes no calls by hand", async (queue) => {
  const services = withVault(queue.services);
  const { admin } = queue.organization;
  const { endpoint: { id } } = await addEndpoint(services, admin, URL);
  const { id: callId } = await testEndpoint(services, admin, id);
  await updateEndpoint(services, admin, id, { enabled: false });
  await assert.rejects(testEndpoint(services, admin, id), ConflictError);
  await assert.rejects(replayCalls(services, admin, [callId]), ConflictError);
});

onEveryQueue("an address is erased from events and calls, delivered or not", async (queue) => {
  const services = withVault(queue.services);
  const { organization: { id: organizationId, admin }, db } = queue;
  await using receiver = await startReceiver();
  receiver.answer = ({ body }) => ({ status: 200, body });
  const { endpoint } = await addEndpoint(services, admin, receiver.url);
  const append = (address: string) =>
    recordEvents(db, [{
      organizationId,
      event: "DELIVERY_SENT",
      objectId: newId(),
      data: { address },
    }]);
  await append("Ada@example.com");
  await append("max@example.com");
  {
    await using _worker = await startWebhookWorker(services);
    await until(
      "they were delivered",
      async () => (await readCalls(db))[0]?.status === "DELIVERED",
    );
  }
  await append("ada@example.com");
  await append("cleo@example.com");
  const person = { organizationId, contactId: newId(), addresses: ["ada@example.com"] };
  assert.equal(await eraseFromCalls(db, person), 2);
  assert.equal(await eraseFromCalls(db, person), 0);
  assert.deepEqual((await readOutbox(db)).map(({ data }) => data.address), ["cleo@example.com"]);
  const { edges } = await listCalls(services, endpoint, null, {});
  assert.deepEqual(
    edges.map(({ node }) =>
      JSON.parse(node.body).data.map((item: { address: string }) => item.address)
    ),
    [["max@example.com"]],
  );
  const responses = statement<[], { response: string | null }>(
    "test.responses",
    "select response from webhook_attempts",
  );
  assert.deepEqual(await db.run(responses), [{ response: null }]);
});

onEveryQueue("delivered calls are kept for a day, others for 7 days", async (queue) => {
  const services = withVault(queue.services);
  const { organization: { admin }, db } = queue;
  const { endpoint: { id } } = await addEndpoint(services, admin, URL);
  const age = statement<[id: string, status: string, days: number]>(
    "test.age",
    `update webhook_calls set created_at = now() - $3 * interval '1 day', status = $2,
       next_attempt_at = case when $2 = 'PENDING' then now() end,
       finished_at = case when $2 <> 'PENDING' then now() end
     where id = $1`,
  );
  const kept = [];
  for (
    const [status, days, keeps] of [
      ["DELIVERED", 0.9, true],
      ["DELIVERED", 1.1, false],
      ["FAILED", 6.9, true],
      ["FAILED", 7.1, false],
      ["PENDING", 6.9, true],
      ["PENDING", 7.1, false],
    ] as const
  ) {
    const call = await testEndpoint(services, admin, id);
    await db.run(age, call.id, status, days);
    if (keeps) kept.push(call.id);
  }
  await pruneWebhooks(services);
  assert.deepEqual((await readCalls(db)).map((call) => call.id), kept);
});
