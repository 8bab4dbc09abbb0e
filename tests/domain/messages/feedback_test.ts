import assert from "node:assert/strict";
import type { ProviderEvent } from "../../../src/domain/deliveries/bounce.ts";
import { bounced, complained, type Feedback } from "../../../src/domain/deliveries/feedback.ts";
import { newId } from "../../../src/domain/id.ts";
import { recordEvent } from "../../../src/domain/messages/feedback.ts";
import { onEveryMail } from "../../support/mail.ts";
import { people, readStatus } from "../../support/messages.ts";
import { idsOf, statesOf } from "../../support/retries.ts";

function event(...feedback: ProviderEvent["feedback"]): ProviderEvent {
  return { source: "test", id: crypto.randomUUID(), feedback };
}

onEveryMail("recordEvent() ignores what is about no delivery here", async (mail) => {
  const { db, services, worker, send } = mail;
  const { id } = await send({ to: { list: people(1) } });
  await worker.runQueued();
  assert.equal(await recordEvent(services, event()), "ignored");
  assert.equal(await recordEvent(services, event(complained(newId(), null))), "ignored");
  const [delivery = ""] = await idsOf(mail, id);
  assert.deepEqual(await statesOf(db, id), ["SENT 1"]);
  assert.equal(await recordEvent(services, event(complained(delivery, null))), "recorded");
  assert.deepEqual(await statesOf(db, id), ["COMPLAINED 1"]);
});

function bounce(deliveryId: string, permanent: boolean): Feedback {
  const status = permanent ? "5.1.1" : "4.2.2";
  return bounced(deliveryId, { status, reply: null, reason: null, text: "", permanent });
}

onEveryMail("a message of retry AUTO tries again at once what comes back late", async (mail) => {
  const { db, services, worker, send } = mail;
  const { id } = await send({ to: { list: people(2) }, retry: { mode: "AUTO", maxAttempts: 2 } });
  await worker.runQueued();
  const [delivery = ""] = await idsOf(mail, id);
  const comesBack = () => recordEvent(services, event(bounce(delivery, false)));
  await comesBack();
  assert.deepEqual(await statesOf(db, id), ["PENDING 1", "SENT 1"]);
  assert.equal(await readStatus(db, id), "SENDING");
  await worker.runQueued();
  assert.deepEqual(await statesOf(db, id), ["SENT 2", "SENT 1"]);
  assert.equal(await readStatus(db, id), "SENT");
  await comesBack();
  assert.deepEqual(await statesOf(db, id), ["BOUNCED 2", "SENT 1"]);
  assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
});

onEveryMail("what comes back late waits for a person where retry is MANUAL", async (mail) => {
  const { db, services, worker, send } = mail;
  const { id } = await send({});
  await worker.runQueued();
  const [delivery = ""] = await idsOf(mail, id);
  await recordEvent(services, event(bounce(delivery, false)));
  assert.deepEqual(await statesOf(db, id), ["BOUNCED 1"]);
  assert.equal(await readStatus(db, id), "FAILED");
});
