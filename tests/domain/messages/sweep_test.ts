import assert from "node:assert/strict";
import { type Database, statement } from "../../../src/db/database.ts";
import { cancelJob } from "../../../src/domain/jobs/cancel.ts";
import { getJob } from "../../../src/domain/jobs/find.ts";
import { retryJob } from "../../../src/domain/jobs/retry.ts";
import { cancelMessage } from "../../../src/domain/messages/cancel.ts";
import { getMessage } from "../../../src/domain/messages/find.ts";
import { pauseMessage } from "../../../src/domain/messages/pause.ts";
import { resumeMessage } from "../../../src/domain/messages/resume.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import { sweepMessages } from "../../../src/domain/messages/sweep.ts";
import { onEveryMail, onPostgresMail, type TestMail } from "../../support/mail.ts";
import { makeDue } from "../../support/mail_worker.ts";
import {
  messageInput,
  people,
  readBatches,
  readDeliveries,
  readStatus,
  tally,
} from "../../support/messages.ts";
import { holdReplies } from "../../support/reply_hold.ts";

const PLAN_JOB = statement<[], { id: string }>(
  "test.newestPlanJob",
  "select id from jobs where kind = 'PLAN_MESSAGE' order by id desc limit 1",
);
const RESUME_ONLY = statement<[id: string]>(
  "test.resumeOnly",
  `update messages set status = 'SENDING', paused_at = null, pause_reason = null where id = $1`,
);

async function planJobId(db: Database): Promise<string> {
  const [job] = await db.run(PLAN_JOB);
  return job?.id ?? assert.fail("no job plans the message");
}

function newMessage({ services, organization: { admin } }: TestMail) {
  return sendMessage(services, admin, messageInput({ to: { list: people(150) } }));
}

async function assertPausedThenSent(mail: TestMail, id: string): Promise<void> {
  const { db, services, organization: { admin }, worker, smtp } = mail;
  await sweepMessages(services);
  const { status, pauseCode } = await getMessage(services, admin, id);
  assert.deepEqual([status, pauseCode], ["PAUSED", "PLANNING_STOPPED"]);
  await resumeMessage(services, admin, id);
  await sweepMessages(services);
  await worker.runQueued();
  assert.equal(await readStatus(db, id), "SENT");
  assert.equal(smtp.received.length, 150);
}

onEveryMail("sweepMessages() pauses a message whose planning was cancelled", async (mail) => {
  const { db, services, organization: { admin } } = mail;
  const { message } = await newMessage(mail);
  await sweepMessages(services);
  assert.equal(await readStatus(db, message.id), "PLANNING");
  await cancelJob(services, admin, await planJobId(db));
  await assertPausedThenSent(mail, message.id);
});

onEveryMail(
  "sweepMessages() pauses a message whose planning crashed its workers",
  async (mail) => {
    const { db, services, startWorker } = mail;
    const { message } = await newMessage(mail);
    for (let crash = 1; crash <= 3; crash++) {
      await makeDue(services);
      const worker = await startWorker();
      assert.equal((await worker.claim()).length, 1);
      await sweepMessages(services);
      assert.equal(await readStatus(db, message.id), "PLANNING");
      await worker.loseLease();
    }
    await assertPausedThenSent(mail, message.id);
  },
);

onEveryMail("resumeMessage() enqueues planning again if its job was cancelled", async (mail) => {
  const { db, services, organization: { admin }, worker } = mail;
  const { message: { id } } = await newMessage(mail);
  await pauseMessage(services, admin, id);
  await worker.runQueued();
  await cancelJob(services, admin, await planJobId(db));
  await sweepMessages(services);
  await resumeMessage(services, admin, id);
  await worker.runQueued();
  assert.equal(await readStatus(db, id), "SENT");
});

onEveryMail(
  "sweepMessages() closes a batch that killed its worker three times, and finishes the message",
  async (mail) => {
    const hold = holdReplies(mail.smtp);
    const { db, services, startWorker, smtp, send } = mail;
    const { id } = await send({ to: { list: people(30) } });
    const workers = [];
    for (let crash = 1; crash <= 3; crash++) {
      await makeDue(services);
      const worker = await startWorker();
      worker.start(await worker.claim());
      await hold.untilWaiting(crash * 3);
      await worker.loseLease();
      workers.push(worker);
    }
    await sweepMessages(services);
    hold.disable();
    await Promise.all(workers.map((worker) => worker.untilIdle()));
    const ends = (await readDeliveries(db, id)).map(({ status, errorCode }) =>
      `${status} ${errorCode}`
    );
    assert.deepEqual(tally(ends), { "UNKNOWN INTERRUPTED": 9, "FAILED BATCH_FAILED": 21 });
    assert.equal(await readStatus(db, id), "FAILED");
    assert.equal(smtp.received.length, 9);
  },
  () => ({ window: 3 }),
);

onEveryMail("retryJob() fails with a reason for a closed batch", async (mail) => {
  const { db, services, organization: { admin }, worker, smtp, send } = mail;
  const { id } = await send({ to: { list: people(150) } });
  const [first, second] = await readBatches(db, id);
  assert(first && second);
  await cancelJob(services, admin, first.jobId);
  await cancelJob(services, admin, second.jobId);
  // The sweep has closed neither batch yet.
  await retryJob(services, admin, first.jobId);
  await sweepMessages(services);
  await worker.runQueued();
  assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
  assert.equal(smtp.received.length, 100);

  await retryJob(services, admin, second.jobId);
  await worker.runQueued();
  const { status, error } = await getJob(services, admin, second.jobId);
  assert.deepEqual([status, error?.type], ["FAILED", "BATCH_ENDED"]);
  assert.equal((await getJob(services, admin, first.jobId)).status, "COMPLETED");
  assert.equal(smtp.received.length, 100);
});

onEveryMail(
  "sweepMessages() does not fail the deliveries of a cancelled message",
  async (mail) => {
    const { db, services, organization: { admin }, send } = mail;
    const { id } = await send({ to: { list: people(3) } });
    const [batch] = await readBatches(db, id);
    await cancelJob(services, admin, batch?.jobId ?? "");
    await cancelMessage(services, admin, id);
    await sweepMessages(services);
    assert((await readBatches(db, id)).every(({ finished }) => finished));
    assert((await readDeliveries(db, id)).every(({ status }) => status === "PENDING"));
    assert.equal(await readStatus(db, id), "CANCELLED");
  },
);

onEveryMail(
  "sweepMessages() finishes a message that was resumed by a process that died before finishMessage()",
  async (mail) => {
    const hold = holdReplies(mail.smtp);
    const { db, services, organization: { admin }, worker, send } = mail;
    const { id } = await send({ to: { list: people(3) } });
    worker.start(await worker.claim());
    await hold.untilWaiting(3);
    await pauseMessage(services, admin, id);
    hold.disable();
    await worker.untilIdle();
    await sweepMessages(services);
    assert.equal(await readStatus(db, id), "PAUSED");
    await db.run(RESUME_ONLY, id);
    await sweepMessages(services);
    assert.equal(await readStatus(db, id), "SENT");
  },
  () => ({ window: 3 }),
);

onPostgresMail("sweepMessages() closes each batch once among concurrent calls", async (mail) => {
  const { db, services, organization: { admin }, send } = mail;
  const { id } = await send({ to: { list: people(2_000) } });
  for (const { jobId } of await readBatches(db, id)) await cancelJob(services, admin, jobId);
  await Promise.all(Array.from({ length: 8 }, () => sweepMessages(services)));
  assert.deepEqual(tally((await readDeliveries(db, id)).map(({ status }) => status)), {
    FAILED: 2_000,
  });
  assert.equal(await readStatus(db, id), "FAILED");
});
