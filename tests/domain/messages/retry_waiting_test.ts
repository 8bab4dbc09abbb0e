import assert from "node:assert/strict";
import { pauseMessage } from "../../../src/domain/messages/pause.ts";
import { resumeMessage } from "../../../src/domain/messages/resume.ts";
import { retryDeliveries } from "../../../src/domain/messages/retry.ts";
import type { DeliverySelection } from "../../../src/domain/messages/selection.ts";
import { onEveryMail, type TestMail } from "../../support/mail.ts";
import { people } from "../../support/messages.ts";
import { idsOf, type Refusals, refusals, statesOf } from "../../support/retries.ts";

const AUTO = { mode: "AUTO", maxAttempts: 3 } as const;

/** Sends a message whose first recipient waits after a failure, and whose second one is greylisted. */
async function sendWaiting(mail: TestMail): Promise<{ id: string; replies: Refusals }> {
  const replies = refusals(mail.smtp);
  replies.refuse([1]);
  replies.refuse([2], "450 4.7.1 Greylisted, come back later");
  const { id } = await mail.send({ to: { list: people(3) }, retry: AUTO });
  await mail.worker.runQueued();
  assert.deepEqual(await statesOf(mail.db, id), ["PENDING 1", "PENDING 0", "SENT 1"]);
  return { id, replies };
}

const SELECTIONS: Record<string, (mail: TestMail, id: string) => Promise<DeliverySelection>> = {
  "by ids": async (mail, id) => ({ ids: (await idsOf(mail, id)).slice(0, 2) }),
  "by message": (_mail, messageId) => Promise.resolve({ filter: { messageId } }),
  "by error types": () => Promise.resolve({ filter: { errorTypes: ["NETWORK", "RATE_LIMIT"] } }),
};

for (const [name, selectionOf] of Object.entries(SELECTIONS)) {
  onEveryMail(`retryDeliveries() ${name} sends deliveries that wait at once`, async (mail) => {
    const { db, services, organization: { admin }, worker, smtp } = mail;
    const { id, replies } = await sendWaiting(mail);
    replies.accept();
    const input = { ...await selectionOf(mail, id), force: false };
    const { queuedCount, batchCount, refusedCount, messages } = await retryDeliveries(
      services,
      admin,
      input,
    );
    assert.deepEqual([queuedCount, batchCount, refusedCount], [2, 0, 0]);
    assert.deepEqual(messages.map((message) => message.id), [id]);
    await worker.runQueued();
    assert.deepEqual(await statesOf(db, id), ["SENT 2", "SENT 1", "SENT 1"]);
    assert.equal(smtp.received.length, 3);
    assert.equal((await retryDeliveries(services, admin, input)).queuedCount, 0);
  });
}

onEveryMail("retryDeliveries() leaves a paused message paused", async (mail) => {
  const { db, services, organization: { admin }, worker } = mail;
  const { id, replies } = await sendWaiting(mail);
  replies.accept();
  await pauseMessage(services, admin, id);
  const filter = { messageId: id };
  await retryDeliveries(services, admin, { filter, force: false });
  await worker.runQueued();
  assert.deepEqual(await statesOf(db, id), ["PENDING 1", "PENDING 0", "SENT 1"]);
  await resumeMessage(services, admin, id);
  await worker.runQueued();
  assert.deepEqual(await statesOf(db, id), ["SENT 2", "SENT 1", "SENT 1"]);
});

onEveryMail("retryDeliveries() refuses deliveries of a message that is due later", async (mail) => {
  const { services, organization: { admin }, send } = mail;
  const { id } = await send({ to: { list: people(1) }, sendAt: new Date(Date.now() + 3_600_000) });
  const ids = await idsOf(mail, id);
  const { queuedCount, refused } = await retryDeliveries(services, admin, { ids, force: false });
  assert.equal(queuedCount, 0);
  assert.deepEqual(refused.map(({ reason }) => reason), ["It is waiting to be sent already"]);
});
