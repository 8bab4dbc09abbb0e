import assert from "node:assert/strict";
import type { Database } from "../../../src/db/database.ts";
import { ReusedTokenError } from "../../../src/domain/deliveries/mailgun_token.ts";
import { complained } from "../../../src/domain/deliveries/feedback.ts";
import { newId } from "../../../src/domain/id.ts";
import { createEventRecorder } from "../../../src/domain/messages/event_recorder.ts";
import { bounce, event } from "../../support/feedback.ts";
import { onEveryMail } from "../../support/mail.ts";
import { people, readStatus } from "../../support/messages.ts";
import { holdReplies } from "../../support/reply_hold.ts";
import { idsOf, statesOf } from "../../support/retries.ts";

/** Counts the transactions of a database. */
function countingTransactions(db: Database) {
  let count = 0;
  const counted: Database = { ...db, transaction: (work) => (count++, db.transaction(work)) };
  return { db: counted, count: () => count };
}

onEveryMail("Events that arrive together share few transactions", async (mail) => {
  const { db, worker, send } = mail;
  const { id } = await send({ to: { list: people(70) } });
  await worker.runQueued();
  const counting = countingTransactions(db);
  const record = createEventRecorder({ ...mail.services, db: counting.db });
  const ids = await idsOf(mail, id);
  const outcomes = await Promise.all(ids.map((delivery) => record(event(bounce(delivery, true)))));
  assert.deepEqual([...new Set(outcomes)], ["recorded"]);
  assert.equal(outcomes.length, 70);
  assert.equal(await readStatus(db, id), "FAILED");
  assert.equal(counting.count(), 2);
});

onEveryMail("Each of the events that arrive together has its own outcome", async (mail) => {
  const { db, services, worker, send } = mail;
  const { id } = await send({ to: { list: people(4) } });
  await worker.runQueued();
  const record = createEventRecorder(services);
  const [one = "", two = "", three = "", four = ""] = await idsOf(mail, id);
  const repeated = event(bounce(one, true));
  const signed = { ...event(bounce(two, true)), token: "token" };
  const forged = { ...event(bounce(three, true)), token: "token" };
  const results = await Promise.allSettled(
    [repeated, signed, repeated, event(complained(newId(), null)), event(), forged].map(record),
  );
  assert.deepEqual(
    results.map((result) => result.status === "fulfilled" ? result.value : result.reason.name),
    ["recorded", "recorded", "repeated", "ignored", "ignored", ReusedTokenError.name],
  );
  assert.equal(await record(event(complained(four, null))), "recorded");
  assert.deepEqual(await statesOf(db, id), ["BOUNCED 1", "BOUNCED 1", "SENT 1", "COMPLAINED 1"]);
  assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
});

onEveryMail(
  "Two bounces of one delivery that arrive together are recorded in order",
  async (mail) => {
    const { db, services, worker, send } = mail;
    const retry = { mode: "AUTO", maxAttempts: 3, backoff: "IMMEDIATE" } as const;
    const { id } = await send({ to: { list: people(2) }, retry });
    await worker.runQueued();
    const record = createEventRecorder(services);
    const [one = "", two = ""] = await idsOf(mail, id);
    await Promise.all([
      record(event(bounce(one, false))),
      record(event(bounce(one, true))),
      record(event(bounce(two, false))),
    ]);
    assert.deepEqual(await statesOf(db, id), ["BOUNCED 1", "PENDING 1"]);
    assert.equal(await readStatus(db, id), "SENDING");
    await worker.runQueued();
    assert.deepEqual(await statesOf(db, id), ["BOUNCED 1", "SENT 2"]);
    assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
  },
);

onEveryMail("An early event does not delay those that arrive with it", async (mail) => {
  const { db, services, worker, smtp, send } = mail;
  const sent = await send({ to: { list: people(1) } });
  await worker.runQueued();
  const hold = holdReplies(smtp);
  const sending = await send({ to: { list: people(1) } });
  worker.start(await worker.claim());
  await hold.untilWaiting(1);
  const record = createEventRecorder(services);
  const [first = "", second = ""] = [
    ...await idsOf(mail, sent.id),
    ...await idsOf(mail, sending.id),
  ];
  const early = event(bounce(second, false));
  const outcomes = await Promise.all([record(early), record(event(bounce(first, false)))]);
  assert.deepEqual(outcomes, ["early", "recorded"]);
  hold.disable();
  await worker.untilIdle();
  assert.equal(await record(early), "recorded");
  assert.deepEqual(await statesOf(db, sent.id), ["BOUNCED 1"]);
  assert.deepEqual(await statesOf(db, sending.id), ["BOUNCED 1"]);
});
