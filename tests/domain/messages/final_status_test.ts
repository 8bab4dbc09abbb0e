import assert from "node:assert/strict";
import { complained, delivered, withheld } from "../../../src/domain/deliveries/feedback.ts";
import { recordEvent } from "../../../src/domain/messages/provider_event.ts";
import { resolveDeliveries } from "../../../src/domain/messages/resolve.ts";
import { retryDeliveries } from "../../../src/domain/messages/retry.ts";
import { addSuppressions } from "../../../src/domain/suppressions/edit.ts";
import { bounce, event } from "../../support/feedback.ts";
import { onEveryMail, onPostgresMail, type TestMail } from "../../support/mail.ts";
import { people, personAt, readStatus } from "../../support/messages.ts";
import { holdReplies } from "../../support/reply_hold.ts";
import { idsOf, refusals } from "../../support/retries.ts";

/** Sends a message to new people, and returns its id and the ids of its deliveries. */
async function sent(mail: TestMail, count: number, before = 0): Promise<[string, ...string[]]> {
  const { id } = await mail.send({ to: { list: people(before + count).slice(before) } });
  await mail.worker.runQueued();
  return [id, ...await idsOf(mail, id)];
}

async function suppressPeople({ services, organization: { admin } }: TestMail, ...n: number[]) {
  await addSuppressions(services, admin, { channel: "EMAIL", addresses: n.map(personAt) });
}

onEveryMail(
  "A message whose deliveries bounce one by one is FAILED after the last",
  async (mail) => {
    const { db, services } = mail;
    const [id, one = "", two = "", three = ""] = await sent(mail, 3);
    assert.equal(await readStatus(db, id), "SENT");
    for (const delivery of [one, two]) {
      await recordEvent(services, event(bounce(delivery, true)));
      assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
    }
    // A repeated bounce counts once.
    await recordEvent(services, event(bounce(two, true)));
    assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
    await recordEvent(services, event(bounce(three, true)));
    assert.equal(await readStatus(db, id), "FAILED");
  },
);

onEveryMail("A message is FAILED after one event about all of its deliveries", async (mail) => {
  const { db, services } = mail;
  const [id, ...deliveries] = await sent(mail, 3);
  const bounces = deliveries.map((delivery) => bounce(delivery, true));
  await recordEvent(services, event(...bounces));
  assert.equal(await readStatus(db, id), "FAILED");
});

onEveryMail("A bounced delivery that arrived after all makes its message SENT", async (mail) => {
  const { db, services } = mail;
  const [id, one = "", two = ""] = await sent(mail, 2);
  await recordEvent(services, event(bounce(one, false), bounce(two, false)));
  assert.equal(await readStatus(db, id), "FAILED");
  await recordEvent(services, event(delivered(one)));
  assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
  await recordEvent(services, event(complained(two, null)));
  assert.equal(await readStatus(db, id), "SENT");
});

onEveryMail(
  "A message with suppressed recipients is FAILED after its last bounce",
  async (mail) => {
    const { db, services } = mail;
    await suppressPeople(mail, 1);
    const [id, , two = "", three = "", four = ""] = await sent(mail, 4);
    assert.equal(await readStatus(db, id), "SENT");
    await recordEvent(services, event(withheld(two, "UNSUBSCRIBED", "607", "unsubscribed")));
    await recordEvent(services, event(complained(three, null)));
    assert.equal(await readStatus(db, id), "SENT");
    await recordEvent(services, event(bounce(four, true)));
    assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
    await suppressPeople(mail, 5);
    const [other, , last = ""] = await sent(mail, 2, 4);
    await recordEvent(services, event(bounce(last, true)));
    assert.equal(await readStatus(db, other), "FAILED");
  },
);

onEveryMail("A message whose unknown deliveries are resolved is SENT", async (mail) => {
  const { db, services, organization: { admin }, worker, smtp, startWorker, send } = mail;
  const hold = holdReplies(smtp);
  const { id } = await send({ to: { list: people(3) } });
  worker.start(await worker.claim());
  await hold.untilWaiting(3);
  await worker.loseLease();
  hold.disable();
  await worker.untilIdle();
  await (await startWorker()).runQueued();
  const [one = "", two = "", three = ""] = await idsOf(mail, id);
  assert.equal(await readStatus(db, id), "FAILED");
  await recordEvent(services, event(delivered(one)));
  assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
  await resolveDeliveries(services, admin, { ids: [two], as: "SENT" });
  assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
  await recordEvent(services, event(complained(three, null)));
  assert.equal(await readStatus(db, id), "SENT");
  for (const delivery of [one, two]) {
    await recordEvent(services, event(bounce(delivery, true)));
  }
  assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
});

onEveryMail("A retry counts the bounces before it and after it", async (mail) => {
  const { db, services, organization: { admin }, worker, smtp, send } = mail;
  const replies = refusals(smtp);
  replies.refuse([1, 2], "550 5.7.0 No");
  const { id } = await send({ to: { list: people(4) } });
  await worker.runQueued();
  replies.accept();
  const [one = "", two = "", three = "", four = ""] = await idsOf(mail, id);
  await recordEvent(services, event(bounce(three, true)));
  await retryDeliveries(services, admin, { ids: [one, two], force: true });
  // Recorded while the message is SENDING, so that its end counts it.
  await recordEvent(services, event(bounce(four, true)));
  assert.equal(await readStatus(db, id), "SENDING");
  await worker.runQueued();
  assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
  await recordEvent(services, event(bounce(one, true)));
  assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
  await recordEvent(services, event(bounce(two, true)));
  assert.equal(await readStatus(db, id), "FAILED");
});

onPostgresMail("Simultaneous bounces of all deliveries make a message FAILED", async (mail) => {
  const { db, services } = mail;
  const [id, ...deliveries] = await sent(mail, 30);
  await Promise.all(
    deliveries.map((delivery) => recordEvent(services, event(bounce(delivery, true)))),
  );
  assert.equal(await readStatus(db, id), "FAILED");
});

onPostgresMail("A bounce at the end of its message is counted once", async (mail) => {
  const { db, services, worker, smtp, send } = mail;
  const hold = holdReplies(smtp, (address) => address === personAt(150));
  for (let round = 0; round < 10; round++) {
    hold.enable();
    const { id } = await send({ to: { list: people(150) } });
    const running = worker.runQueued();
    await hold.untilWaiting(1);
    const [first = ""] = await idsOf(mail, id);
    hold.disable();
    // "early" while the delivery is in flight: its sender repeats the event.
    while (await recordEvent(services, event(bounce(first, false))) === "early");
    await running;
    assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
  }
});

onPostgresMail("A bounce at the start of a retry is counted once", async (mail) => {
  const { db, services, organization: { admin }, worker } = mail;
  for (let round = 0; round < 10; round++) {
    const [id, one = "", two = ""] = await sent(mail, 2, round * 2);
    await recordEvent(services, event(bounce(one, false)));
    await Promise.all([
      retryDeliveries(services, admin, { ids: [one], force: false }),
      recordEvent(services, event(bounce(two, true))),
    ]);
    await worker.runQueued();
    assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
    await recordEvent(services, event(bounce(one, true)));
    assert.equal(await readStatus(db, id), "FAILED");
  }
});
