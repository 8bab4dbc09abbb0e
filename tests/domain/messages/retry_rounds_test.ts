import assert from "node:assert/strict";
import { type Database, statement } from "../../../src/db/database.ts";
import { cancelJob } from "../../../src/domain/jobs/cancel.ts";
import { getJob } from "../../../src/domain/jobs/find.ts";
import { retryJob } from "../../../src/domain/jobs/retry.ts";
import { getMessage } from "../../../src/domain/messages/find.ts";
import { finishMessage } from "../../../src/domain/messages/finish.ts";
import { retryDeliveries } from "../../../src/domain/messages/retry.ts";
import { sweepMessages } from "../../../src/domain/messages/sweep.ts";
import { onEveryMail, onPostgresMail } from "../../support/mail.ts";
import { makeDue } from "../../support/mail_worker.ts";
import { people, readBatches, readStatus, readTries, tally } from "../../support/messages.ts";
import { idsOf, refusals, statesOf } from "../../support/retries.ts";
import { until } from "../../support/until.ts";

const BATCHES = statement<
  [messageId: string],
  { number: number; round: number; size: number; waits: number }
>(
  "test.retryBatches",
  `select b.number, b.round, b.size,
     greatest(round(extract(epoch from j.run_at - b_now.now)), 0)::int as waits
   from batches b join jobs j on j.id = b.job_id, (select now()) b_now
   where message_id = $1 order by number`,
);

const IMMEDIATE = { mode: "AUTO", maxAttempts: 3, backoff: "IMMEDIATE" } as const;

onEveryMail(
  "finishMessage() waits as long as the provider asked, without delaying other deliveries",
  async (mail) => {
    const replies = refusals(mail.smtp);
    const { db, services, worker, send } = mail;
    replies.refuse([1], "451 4.3.0 Try again in 600 seconds");
    replies.refuse([2, 3]);
    const { id } = await send({ to: { list: people(3) }, retry: IMMEDIATE });
    worker.start(await worker.claim());
    await worker.untilIdle();
    replies.accept();
    await worker.runQueued();
    assert.deepEqual(await statesOf(db, id), ["PENDING 1", "SENT 2", "SENT 2"]);
    const waits = (await db.run(BATCHES, id)).map(({ waits }) => waits);
    assert.deepEqual(waits.slice(0, 2), [0, 0]);
    assert((waits[2] ?? 0) > 500);
    assert.equal(await readStatus(db, id), "SENDING");
    await makeDue(services);
    await worker.runQueued();
    assert.equal(await readStatus(db, id), "SENT");
  },
);

onPostgresMail(
  "finishMessage() skips no round if the last batch ends between its two checks",
  async (mail) => {
    const replies = refusals(mail.smtp);
    const { db, services, organization, worker, send } = mail;
    replies.refuse([1]);
    const { id } = await send({ to: { list: people(200) }, retry: IMMEDIATE });
    worker.start(await worker.claim(1));
    await worker.untilIdle();
    const endOther = async () => {
      worker.start(await worker.claim(1));
      await until(
        "all batches have ended",
        async () => (await readBatches(db, id)).every(({ finished }) => finished),
      );
    };
    const transaction: Database["transaction"] = (work) =>
      db.transaction((tx) =>
        work({
          ...tx,
          run: async (statement, ...params) => {
            const rows = await tx.run(statement, ...params);
            if (statement.label === "messages.findDone") await endOther();
            return rows;
          },
        })
      );
    const message = { id, organizationId: organization.id };
    await finishMessage({ ...services, db: { ...db, transaction } }, message);
    await worker.untilIdle();
    replies.accept();
    await worker.runQueued();
    assert.equal(await readStatus(db, id), "SENT");
  },
);

onEveryMail(
  "finishMessage() numbers delayed batches after those that start at once",
  async (mail) => {
    const replies = refusals(mail.smtp);
    const { db, services, worker, smtp, send } = mail;
    const numbers = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, i) => from + i);
    replies.refuse(numbers(1, 150));
    replies.refuse(numbers(151, 260), "451 4.3.0 Try again in 600 seconds");
    const { id } = await send({ to: { list: people(260) }, retry: IMMEDIATE });
    worker.start(await worker.claim());
    await worker.untilIdle();
    const retried = (await db.run(BATCHES, id)).filter(({ round }) => round === 2);
    assert.deepEqual(
      retried.map(({ number, size, waits }) => [number, size, waits > 0]),
      [[4, 100, false], [5, 50, false], [6, 100, true], [7, 10, true]],
    );

    replies.accept();
    await worker.runQueued();
    assert.deepEqual(tally(await statesOf(db, id)), { "SENT 2": 150, "PENDING 1": 110 });
    await makeDue(services);
    await worker.runQueued();
    assert.deepEqual(tally(await statesOf(db, id)), { "SENT 2": 260 });
    assert.equal(smtp.received.length, 260);
  },
);

onEveryMail("retryDeliveries() starts at once, whatever the provider asked", async (mail) => {
  const replies = refusals(mail.smtp);
  const { db, services, organization: { admin }, worker, send } = mail;
  replies.refuse([1], "451 4.3.0 Try again in 600 seconds");
  replies.refuse([2]);
  const { id } = await send({ to: { list: people(2) } });
  await worker.runQueued();
  replies.accept();
  const filter = { messageId: id };
  const { batchCount } = await retryDeliveries(services, admin, { filter, force: false });
  assert.equal(batchCount, 1);
  await worker.runQueued();
  assert.deepEqual(await statesOf(db, id), ["SENT 2", "SENT 2"]);
});

onEveryMail("retryDeliveries() retries failures of a batch that is not finished", async (mail) => {
  const replies = refusals(mail.smtp);
  const { db, services, organization: { admin }, worker, smtp, send } = mail;
  replies.refuse([1]);
  replies.refuse([2], "450 4.7.1 Greylisted");
  const { id } = await send({ to: { list: people(3) } });
  await worker.runQueued();
  assert.deepEqual(await statesOf(db, id), ["FAILED 1", "PENDING 0", "SENT 1"]);
  replies.accept();
  const filter = { messageId: id };
  const { queuedCount } = await retryDeliveries(services, admin, { filter, force: false });
  assert.equal(queuedCount, 2, "the greylisted one is sent at once, too");
  await worker.runQueued();
  assert.deepEqual(await statesOf(db, id), ["SENT 2", "SENT 1", "SENT 1"]);
  assert.equal(smtp.received.length, 3);
  assert.equal(await readStatus(db, id), "SENT");
});

onEveryMail("retryDeliveries() keeps the deferrals of a throttled recipient", async (mail) => {
  const replies = refusals(mail.smtp);
  replies.refuse([1], "450 4.7.1 Greylisted");
  const { db, services, organization: { admin }, worker, send } = mail;
  const { id } = await send({ to: { list: people(1) } });
  const runTimes = async (times: number) => {
    for (let time = 0; time < times; time++) {
      await worker.runQueued();
      await makeDue(services);
    }
  };
  await runTimes(11);
  assert.deepEqual(await statesOf(db, id), ["FAILED 1"]);
  await retryDeliveries(services, admin, { filter: { messageId: id }, force: false });
  await runTimes(3);
  assert.deepEqual(await statesOf(db, id), ["PENDING 1"]);
  replies.accept();
  await runTimes(1);
  assert.deepEqual(await statesOf(db, id), ["SENT 2"]);
  assert.equal((await readTries(db, id, 1)).length, 15);
});

onEveryMail(
  "finishMessage() with backoff IMMEDIATE starts rounds until no attempt is left",
  async (mail) => {
    const replies = refusals(mail.smtp);
    const { db, services, organization: { admin }, worker, send } = mail;
    replies.refuse([1, 2]);
    replies.refuse([3], "550 5.1.1 No such user");
    const { id } = await send({ to: { list: people(4) }, retry: IMMEDIATE });
    await worker.runQueued();
    assert.deepEqual(await statesOf(db, id), ["FAILED 3", "FAILED 3", "FAILED 1", "SENT 1"]);
    const { status, retryRounds } = await getMessage(services, admin, id);
    assert.deepEqual([status, retryRounds], ["PARTIALLY_SENT", 2]);
  },
);

onEveryMail(
  "finishMessage() in retry mode AUTO excludes cancelled batches, retryDeliveries() includes them",
  async (mail) => {
    const { db, services, organization: { admin }, worker, send } = mail;
    const { id } = await send({ to: { list: people(3) }, retry: { mode: "AUTO", maxAttempts: 3 } });
    const [batch] = await readBatches(db, id);
    const jobId = batch?.jobId ?? "";
    await cancelJob(services, admin, jobId);
    await sweepMessages(services);
    const { status, retryRounds } = await getMessage(services, admin, id);
    assert.deepEqual([status, retryRounds], ["FAILED", 0]);

    await retryJob(services, admin, jobId);
    await worker.runQueued();
    const ended = await getJob(services, admin, jobId);
    assert.deepEqual([ended.status, ended.error?.type], ["FAILED", "BATCH_ENDED"]);
    assert.match(ended.error?.message ?? "", /retryDeliveries/);

    await retryDeliveries(services, admin, { filter: { messageId: id }, force: false });
    await worker.runQueued();
    assert.deepEqual(await statesOf(db, id), ["SENT 2", "SENT 2", "SENT 2"]);
    await retryJob(services, admin, jobId);
    await worker.runQueued();
    assert.equal((await getJob(services, admin, jobId)).status, "COMPLETED");
  },
);

onPostgresMail(
  "retryDeliveries() queues each recipient once among 20 concurrent calls",
  async (mail) => {
    const replies = refusals(mail.smtp);
    const { db, services, organization: { admin }, worker, smtp, send } = mail;
    const failing = Array.from({ length: 250 }, (_, index) => index + 1);
    replies.refuse(failing);
    const { id } = await send({ to: { list: people(300) } });
    await worker.runQueued();
    replies.accept();
    const ids = await idsOf(mail, id);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        retryDeliveries(
          services,
          admin,
          index % 2 ? { ids, force: true } : { filter: { messageId: id }, force: false },
        )),
    );
    assert.equal(answers.reduce((sum, { queuedCount }) => sum + queuedCount, 0), 250);
    await worker.runQueued();
    assert.equal(await readStatus(db, id), "SENT");
    assert.equal(smtp.received.length, 300);
  },
);
