import assert from "node:assert/strict";
import { statement } from "../../src/db/database.ts";
import { newId, toTypeId } from "../../src/domain/id.ts";
import { recordEvents } from "../../src/domain/outbox/append.ts";
import type { OutboxEvent } from "../../src/domain/outbox/event.ts";
import { listAffected } from "../../src/domain/problems/details.ts";
import { explain } from "../../src/domain/problems/explanation.ts";
import { listProblems } from "../../src/domain/problems/list.ts";
import { rollUpProblems } from "../../src/domain/problems/roll_up.ts";
import { findEndpoints } from "../../src/domain/webhooks/find.ts";
import { replayCalls, replayFailedCalls, testEndpoint } from "../../src/domain/webhooks/replay.ts";
import { rotateSecret, updateEndpoint } from "../../src/domain/webhooks/update.ts";
import { onEveryQueue, type TestQueue } from "../support/queue.ts";
import { until } from "../support/until.ts";
import {
  type ReceivedCall,
  startReceiver,
  verifyCall,
  type WebhookReceiver,
} from "../support/webhook_receiver.ts";
import {
  addEndpoint,
  makeCallsDue,
  passTime,
  readCalls,
  startWebhookWorker,
  withVault,
} from "../support/webhooks.ts";

interface Scene extends TestQueue {
  readonly receiver: WebhookReceiver;
  readonly endpointId: string;
  readonly secret: string;
  /** Appends events of objects, in order. */
  append(...events: readonly (readonly [event: OutboxEvent, objectId: string])[]): Promise<void>;
}

/** Declares a test with an endpoint for all events. */
function testSender(name: string, test: (scene: Scene) => Promise<void>): void {
  onEveryQueue(name, async (queue) => {
    await using receiver = await startReceiver();
    const services = withVault(queue.services);
    const { admin } = queue.organization;
    const { endpoint, secret } = await addEndpoint(services, admin, receiver.url);
    let n = 0;
    await test({
      ...queue,
      services,
      receiver,
      endpointId: endpoint.id,
      secret,
      async append(...events) {
        const { organizationId } = admin;
        await recordEvents(
          queue.db,
          events.map(([event, objectId]) => ({
            organizationId,
            event,
            objectId,
            data: { n: ++n },
          })),
        );
      },
    });
  });
}

/** Numbers of the accepted events, by the id of their object. */
function acceptedByObject(calls: readonly ReceivedCall[]): Map<unknown, unknown[]> {
  const items = calls.flatMap(({ data }) => data);
  const groups = Map.groupBy(items, ({ id }) => id);
  return new Map([...groups].map(([id, group]) => [id, group.map(({ n }) => n)]));
}

testSender(
  "an endpoint that is down for an hour gets everything once it is back, in order per object",
  async ({ db, services, receiver, secret, append, endpointId }) => {
    const objects = Array.from({ length: 12 }, () => newId());
    receiver.answer = () => ({ status: 503 });
    await using _worker = await startWebhookWorker(services);
    for (let round = 0; round < 6; round++) {
      await append(...objects.map((id) => ["DELIVERY_SENT", id] as const));
      await append(["MESSAGE_PAUSED", objects[round] ?? ""]);
      await append(...objects.slice(0, 3).map((id) => ["DELIVERY_BOUNCED", id] as const));
      const failed = receiver.calls.length;
      await until("a call of this round has failed", async () => {
        await makeCallsDue(db);
        return receiver.calls.length > failed;
      });
    }
    assert.equal(receiver.accepted.length, 0);
    receiver.answer = () => ({ status: 204 });
    const total = 6 * (12 + 1 + 3);
    const countAccepted = () => receiver.accepted.flatMap(({ data }) => data).length;
    await until("everything was accepted", async () => {
      await makeCallsDue(db);
      return countAccepted() >= total;
    });
    await until(
      "no call is pending",
      async () => (await readCalls(db)).every(({ status }) => status === "DELIVERED"),
    );
    for (const numbers of acceptedByObject(receiver.accepted).values()) {
      assert.deepEqual(numbers, numbers.toSorted((a, b) => Number(a) - Number(b)));
    }
    assert.equal(countAccepted(), total);
    assert.equal(new Set(receiver.accepted.map(({ id }) => id)).size, receiver.accepted.length);
    for (const call of receiver.calls) verifyCall(call, secret);
    const [endpoint] = await findEndpoints(db, [endpointId]);
    assert.equal(endpoint?.state, "CLOSED");
  },
);

testSender(
  "events of deliveries go out up to 50 in one call",
  async ({ services, receiver, append }) => {
    await append(...Array.from({ length: 120 }, () => ["DELIVERY_SENT", newId()] as const));
    await using _worker = await startWebhookWorker(services);
    await until("all were accepted", () => receiver.accepted.length === 3);
    assert.deepEqual(receiver.accepted.map(({ data }) => data.length).toSorted(), [20, 50, 50]);
    assert.deepEqual(
      new Set(receiver.accepted.map(({ type }) => type)),
      new Set(["delivery.sent"]),
    );
  },
);

testSender(
  "a call that the receiver refuses holds up the events of its object only",
  async ({ db, services, receiver, append }) => {
    const [refused, other] = [newId(), newId()];
    receiver.answer = ({ data }) => ({ status: String(data[0]?.n) === "1" ? 400 : 200 });
    await append(["JOB_FAILED", refused]);
    await using _worker = await startWebhookWorker(services);
    await until("the call was refused", async () => (await readCalls(db))[0]?.tries === 1);
    await append(["JOB_FAILED", refused], ["JOB_FAILED", other]);
    await until("the other event was accepted", () => receiver.accepted.length === 1);
    assert.deepEqual(receiver.accepted[0]?.data[0]?.n, 3);
    receiver.answer = () => ({ status: 200 });
    await until("all were accepted", async () => {
      await makeCallsDue(db);
      return receiver.accepted.length === 3;
    });
    assert.deepEqual(receiver.accepted.map(({ data }) => data[0]?.n), [3, 1, 2]);
  },
);

testSender(
  "Retry-After opens the circuit for its time",
  async ({ db, services, receiver, append, endpointId }) => {
    receiver.answer = () => ({ status: 429, headers: { "retry-after": "3600" } });
    await append(["JOB_FAILED", newId()]);
    await using _worker = await startWebhookWorker(services);
    const call = await until("the call has failed", async () => {
      const [call] = await readCalls(db);
      return call?.tries === 1 && call;
    });
    assert.ok((call.waitMs ?? 0) > 3_500_000, `${call.waitMs}`);
    const [endpoint] = await findEndpoints(db, [endpointId]);
    assert.equal(endpoint?.state, "OPEN");
    assert.ok(endpoint.retryAt && endpoint.retryAt.getTime() - Date.now() > 3_500_000);
  },
);

testSender(
  "a call fails after its last attempt, and is delivered by a replay with the same id and body",
  async ({ db, services, receiver, append, endpointId, organization: { admin } }) => {
    receiver.answer = () => ({ status: 400 });
    await append(["JOB_FAILED", newId()]);
    await using _worker = await startWebhookWorker(services);
    const failed = await until("the call is FAILED", async () => {
      await makeCallsDue(db);
      const [call] = await readCalls(db);
      return call?.status === "FAILED" && call;
    });
    assert.equal(failed.tries, 11);
    receiver.answer = () => ({ status: 200 });
    await replayCalls(services, admin, [failed.id]);
    await until("the call was accepted", () => receiver.accepted.length === 1);
    assert.equal(new Set(receiver.calls.map(({ id, body }) => `${id} ${body}`)).size, 1);
    assert.deepEqual(await replayFailedCalls(services, admin, endpointId, null), []);
  },
);

testSender(
  "an endpoint that fails for days is disabled, and continues when it is enabled",
  async ({ db, services, receiver, append, endpointId, organization: { admin } }) => {
    receiver.answer = () => ({ status: 500 });
    await append(["JOB_FAILED", newId()]);
    await using _worker = await startWebhookWorker(services);
    await until("the endpoint is disabled", async () => {
      await passTime(db, 3_600 * 7);
      return (await findEndpoints(db, [endpointId]))[0]?.enabled === false;
    });
    const [disabled] = await findEndpoints(db, [endpointId]);
    assert.match(disabled?.disabledReason ?? "", /3 days/);
    await append(["JOB_FAILED", newId()]);
    receiver.answer = () => ({ status: 200 });
    const enabled = await updateEndpoint(services, admin, endpointId, { enabled: true });
    assert.deepEqual([enabled.state, enabled.disabledReason], ["CLOSED", null]);
    await until("the waiting call was accepted", () => receiver.accepted.length === 1);
    // The event that occurred meanwhile was not stored.
    assert.equal((await readCalls(db)).length, 1);
  },
);

testSender(
  "an endpoint that answers with 410 is disabled at once",
  async ({ db, services, receiver, append, endpointId }) => {
    receiver.answer = () => ({ status: 410 });
    await append(["JOB_FAILED", newId()]);
    await using _worker = await startWebhookWorker(services);
    await until(
      "the endpoint is disabled",
      async () => (await findEndpoints(db, [endpointId]))[0]?.enabled === false,
    );
    assert.equal(receiver.calls.length, 1);
    const events = statement<[], { event: string; detail: string }>(
      "test.notificationEvents",
      "select event, detail from notification_events",
    );
    assert.deepEqual(await db.run(events), [
      { event: "ENDPOINT_DISABLED", detail: "The receiver wants no more calls (410)" },
    ]);
  },
);

testSender(
  "for a day after a rotation calls are signed with the old and the new secret",
  async ({ services, receiver, secret, endpointId, organization: { admin } }) => {
    const rotated = await rotateSecret(services, admin, endpointId);
    assert.notEqual(rotated.secret, secret);
    await testEndpoint(services, admin, endpointId);
    await using _worker = await startWebhookWorker(services);
    const call = await until("the test call was accepted", () => receiver.accepted[0]);
    assert.equal(call.type, "webhook.test");
    verifyCall(call, secret);
    verifyCall(call, rotated.secret);
  },
);

testSender(
  "a stop lets running calls end, so that they are not repeated",
  async ({ db, services, receiver, append }) => {
    const answer = Promise.withResolvers<{ status: number }>();
    receiver.answer = () => answer.promise;
    await append(["JOB_FAILED", newId()]);
    const worker = await startWebhookWorker(services);
    await until("the call has arrived", () => receiver.calls.length === 1);
    const stopped = worker[Symbol.asyncDispose]();
    answer.resolve({ status: 200 });
    await stopped;
    assert.deepEqual((await readCalls(db)).map(({ status, tries }) => [status, tries]), [
      ["DELIVERED", 1],
    ]);
  },
);

testSender(
  "failed calls are a problem of their endpoint",
  async ({ services, organization: { admin }, receiver, endpointId, append }) => {
    receiver.answer = () => ({ status: 401, body: "wrong signature" });
    await append(["JOB_FAILED", newId()]);
    await using _worker = await startWebhookWorker(services);
    await until("the call has failed", () => Promise.resolve(receiver.calls.length > 0));
    const problem = await until("the failure is a problem", async () => {
      await rollUpProblems(services);
      const { edges: [first] } = await listProblems(services, admin, { sources: ["WEBHOOK"] }, {});
      return first?.node;
    });
    assert.deepEqual([problem.origin, problem.errorType, problem.code, problem.affectedCount], [
      receiver.url,
      "REFUSED",
      "401",
      1,
    ]);
    assert.match(explain(problem).remedy, /replay the failed calls/);
    const { edges: [affected] } = await listAffected(services, problem, {});
    assert.equal(affected?.node.subject, toTypeId("webhookEndpoint", endpointId));
  },
);
