import assert from "node:assert/strict";
import { type Database, statement } from "../../../src/db/database.ts";
import { claimJobs } from "../../../src/domain/jobs/claim.ts";
import { cancelMessage } from "../../../src/domain/messages/cancel.ts";
import { getMessage } from "../../../src/domain/messages/find.ts";
import { pauseMessage } from "../../../src/domain/messages/pause.ts";
import { resumeMessage } from "../../../src/domain/messages/resume.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import { startDueMessages } from "../../../src/domain/messages/due.ts";
import { planChunk } from "../../../src/domain/messages/plan.ts";
import { toTypeId } from "../../../src/domain/id.ts";
import { readJob } from "../../support/jobs.ts";
import { onEveryMail, onPostgresMail, type TestMail } from "../../support/mail.ts";
import { makeDue } from "../../support/mail_worker.ts";
import {
  importPeople,
  messageInput,
  people,
  readBatches,
  readDeliveries,
  readStatus,
} from "../../support/messages.ts";

interface JobRow {
  readonly kind: string;
  readonly status: string;
  readonly lane: string;
  readonly topic: string;
  readonly priority: number;
  readonly subject: string;
}

const BATCH_JOBS = statement<[], JobRow & { count: number }>(
  "test.batchJobs",
  `select kind, status, lane, topic, priority, subject, count(*) as count from jobs
   where kind = 'SEND_BATCH' group by 1, 2, 3, 4, 5, 6`,
);
const PLAN_JOB = statement<[], { id: string; status: string; parked: boolean }>(
  "test.planJob",
  `select id, status, status = 'SCHEDULED' and run_at = 'infinity' as parked from jobs
   where kind = 'PLAN_MESSAGE' order by id desc limit 1`,
);
const CANCEL_PLAN = statement<[]>(
  "test.cancelPlanJob",
  `update jobs set status = 'CANCELLED', finished_at = now() where kind = 'PLAN_MESSAGE'`,
);
const MAKE_DUE = statement<[id: string]>(
  "test.makeMessageDue",
  "update messages set send_at = now() where id = $1",
);

/** Sends to an audience, and claims the job that plans the message. */
async function claimPlan({ services, organization, worker }: TestMail, count: number) {
  const { id: audienceId } = await importPeople(services, organization.admin, count);
  const { message } = await sendMessage(
    services,
    organization.admin,
    messageInput({ to: { audienceId } }),
  );
  const [job] = await worker.claim();
  assert(job);
  return { message, job };
}

async function planJob(db: Database) {
  const [job] = await db.run(PLAN_JOB);
  assert(job);
  return job;
}

/** Checks that batches 1, 2, 3 … have 100 deliveries, and the last one the rest. */
async function assertPlanned({ db }: TestMail, messageId: string, count: number): Promise<void> {
  const batches = await readBatches(db, messageId);
  assert.deepEqual(
    batches.map(({ number, lo, hi, size }) => [number, lo, hi, size]),
    Array.from({ length: Math.ceil(count / 100) }, (_, index) => {
      const [lo, hi] = [index * 100 + 1, Math.min(index * 100 + 100, count)];
      return [index + 1, lo, hi, hi - lo + 1];
    }),
  );
  const deliveries = await readDeliveries(db, messageId);
  assert.deepEqual(
    deliveries.map(({ n, address }) => [n, address]),
    people(count).map(({ address }, index) => [index + 1, address]),
  );
}

for (const kind of ["an audience", "an inline list"]) {
  const [count, declare] = kind === "an audience" ? [12_345, onPostgresMail] : [1_234, onEveryMail];
  declare(`PLAN_MESSAGE cuts ${kind} into batches of 100`, async (mail) => {
    const { db, services, organization, send } = mail;
    const to = kind === "an audience"
      ? { audienceId: (await importPeople(services, organization.admin, count)).id }
      : { list: people(count) };
    const message = await send({ to, type: "reminder", lane: "TRANSACTIONAL", priority: -3 });
    assert.equal(await readStatus(db, message.id), "SENDING");
    await assertPlanned(mail, message.id, count);
    assert.deepEqual(await db.run(BATCH_JOBS), [{
      kind: "SEND_BATCH",
      status: "QUEUED",
      lane: "TRANSACTIONAL",
      topic: "reminder",
      priority: -3,
      subject: toTypeId("message", message.id),
      count: Math.ceil(count / 100),
    }]);
  });
}

onPostgresMail(
  "planChunk() continues where a dead worker stopped",
  async (mail) => {
    const { db, services, worker, startWorker } = mail;
    const { message, job } = await claimPlan(mail, 5_150);
    assert((await planChunk(services, job, message.id)).more);
    await worker.loseLease();
    const other = await startWorker();
    const [rescued] = await other.claim(1);
    assert.equal(rescued?.id, job.id);

    assert.deepEqual(await planChunk(services, job, message.id), { message: null, more: false });
    assert.equal((await readBatches(db, message.id)).length, 50);
    assert.equal((await readJob(db, job.id)).crashes, 1);
    assert.equal((await planChunk(services, rescued, message.id)).more, false);
    assert.equal((await readJob(db, job.id)).crashes, 0, "a planned chunk is progress");
    other.start([rescued]);
    await other.untilIdle();
    assert.equal(await readStatus(db, message.id), "SENDING");
    await assertPlanned(mail, message.id, 5_150);
  },
);

onEveryMail("pauseMessage() stops planning, and resumeMessage() continues it", async (mail) => {
  const { db, services, organization: { admin }, worker } = mail;
  const { message, job } = await claimPlan(mail, 5_150);
  await planChunk(services, job, message.id);
  await pauseMessage(services, admin, message.id);
  worker.start([job]);
  await worker.untilIdle();
  assert((await planJob(db)).parked);
  assert.equal((await getMessage(services, admin, message.id)).plannedCount, 5_000);

  await resumeMessage(services, admin, message.id);
  assert.equal(await readStatus(db, message.id), "PLANNING");
  const resumed = (await claimJobs(services, worker.id, [{ ...job, size: 10_000, count: 100 }]))
    .filter(({ kind }) => kind === "PLAN_MESSAGE");
  worker.start(resumed);
  await worker.untilIdle();
  assert.equal(await readStatus(db, message.id), "SENDING");
  await assertPlanned(mail, message.id, 5_150);
});

onPostgresMail("cancelMessage() stops planning", async (mail) => {
  const { db, services, organization: { admin }, worker } = mail;
  const { message, job } = await claimPlan(mail, 5_150);
  await planChunk(services, job, message.id);
  await cancelMessage(services, admin, message.id);
  worker.start([job]);
  await worker.runQueued();
  assert.equal((await planJob(db)).status, "CANCELLED");
  assert.equal((await readBatches(db, message.id)).length, 50);
  assert.equal(await readStatus(db, message.id), "CANCELLED");
  assert.equal(mail.smtp.received.length, 0);
});

const TOMORROW = () => new Date(Date.now() + 24 * 60 * 60_000);

onEveryMail("resumeMessage() sends a message that came due while it was paused", async (mail) => {
  const { db, services, organization: { admin }, worker, send } = mail;
  const { id } = await send({ sendAt: TOMORROW() });
  await pauseMessage(services, admin, id);
  await resumeMessage(services, admin, id);
  assert.equal(await readStatus(db, id), "SCHEDULED");
  await pauseMessage(services, admin, id);
  await db.run(MAKE_DUE, id);
  await makeDue(services);
  await worker.runQueued();
  assert((await planJob(db)).parked);
  assert.equal(await readStatus(db, id), "PAUSED");
  await resumeMessage(services, admin, id);
  await worker.runQueued();
  assert.equal(await readStatus(db, id), "SENT");
});

onEveryMail("cancelMessage() of a scheduled message cancels its planning job", async (mail) => {
  const { db, services, organization: { admin }, worker, smtp, send } = mail;
  const { id } = await send({ sendAt: TOMORROW() });
  await cancelMessage(services, admin, id);
  await db.run(MAKE_DUE, id);
  await makeDue(services);
  await worker.runQueued();
  assert.equal((await planJob(db)).status, "CANCELLED");
  assert.equal(await startDueMessages(services, null), 0);
  assert.equal(await readStatus(db, id), "CANCELLED");
  assert.equal(smtp.received.length, 0);
});

onPostgresMail(
  "PLAN_MESSAGE parks its job until sendAt if it runs too early",
  async (mail) => {
    const { db, services, worker, send } = mail;
    const { id } = await send({ sendAt: TOMORROW() });
    await makeDue(services);
    await worker.runQueued();
    assert.deepEqual([(await planJob(db)).status, (await planJob(db)).parked], [
      "SCHEDULED",
      false,
    ]);
    assert.equal(await readStatus(db, id), "SCHEDULED");
  },
);

onEveryMail("startDueMessages() enqueues planning of a due message without a job", async (mail) => {
  const { db, services, worker, send } = mail;
  const { id } = await send({ sendAt: TOMORROW() });
  assert.equal(await startDueMessages(services, null), 0);
  await db.run(MAKE_DUE, id);
  assert.equal(await startDueMessages(services, null), 0, "its job is still scheduled");
  await db.run(CANCEL_PLAN);
  assert.equal(await startDueMessages(services, mail.organization.id), 1);
  await worker.runQueued();
  assert.equal(await readStatus(db, id), "SENT");
});
