import assert from "node:assert/strict";
import { type Database, statement } from "../../src/db/database.ts";
import { listDeliveries } from "../../src/domain/deliveries/list.ts";
import { readStats } from "../../src/domain/deliveries/stats.ts";
import { getMessage } from "../../src/domain/messages/find.ts";
import { resumeMessage } from "../../src/domain/messages/resume.ts";
import { sweepMessages } from "../../src/domain/messages/sweep.ts";
import { onEveryMail, type TestMail } from "../support/mail.ts";
import { JOB_KINDS } from "../../src/domain/jobs/kinds.ts";
import { makeDue } from "../support/mail_worker.ts";
import {
  people,
  personAt,
  readBatches,
  readDeliveries,
  readStatus,
  readTries,
} from "../support/messages.ts";
import { refusals } from "../support/retries.ts";

const WAIT = statement<[], { seconds: number; error: string | null }>(
  "test.jobWait",
  `select round(extract(epoch from run_at - now()))::int as seconds, error ->> 'type' as error
   from jobs where kind = 'SEND_BATCH'`,
);

const PROGRESS = statement<[], { progress: unknown }>(
  "test.jobProgress",
  "select progress from jobs where kind = 'SEND_BATCH'",
);

/** Stored outcomes of the recipients, in order. */
async function outcomesOf(db: Database, messageId: string) {
  const rows = await readDeliveries(db, messageId);
  return rows.map(({ status, attempt, errorType, errorCode, retryable }) =>
    status === "SENT"
      ? [status, attempt]
      : [status, attempt, errorType, errorCode, retryable ? "retryable" : "final"]
  );
}

async function assertCounted({ db }: TestMail, messageId: string, expected: object): Promise<void> {
  const stats = (await readStats(db, [messageId])).get(messageId);
  assert(stats);
  const { pending, sending, sent, failed, unknown, cancelled, total } = stats;
  const counts = { pending, sending, sent, failed, unknown, cancelled };
  assert.deepEqual(
    Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    expected,
  );
  assert.equal(Object.values(counts).reduce((sum, count) => sum + count), total);
}

const replies: Record<string, string> = {
  "person2@example.net": "550 5.1.1 No such user",
  "person3@example.net": "452 4.2.2 Mailbox full",
  "person4@example.net": "421 4.3.2 Shutting down",
  "person5@example.net": "554 5.7.1 Spam",
};

onEveryMail("SEND_BATCH records the reply of the server for each recipient", async (mail) => {
  const { db, worker, send } = mail;
  const { id } = await send({ to: { list: people(6) } });
  await worker.runQueued();
  assert.deepEqual(await outcomesOf(db, id), [
    ["SENT", 1],
    ["FAILED", 1, "INVALID_RECIPIENT", "550 5.1.1", "final"],
    ["FAILED", 1, "RATE_LIMIT", "MAILBOX_FULL", "retryable"],
    ["FAILED", 1, "NETWORK", "421 4.3.2", "retryable"],
    ["FAILED", 1, "PERMISSION", "554 5.7.1", "final"],
    ["SENT", 1],
  ]);
  assert.deepEqual(await readTries(db, id, 2), [{
    attempt: 1,
    outcome: "FAILED",
    errorType: "INVALID_RECIPIENT",
    errorCode: "550 5.1.1",
  }]);
  assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
  await assertCounted(mail, id, { sent: 2, failed: 4 });
  const [batch] = await readBatches(db, id);
  assert.deepEqual([batch?.finished, batch?.win, batch?.jobStatus], [true, null, "COMPLETED"]);
}, () => ({ reject: (address) => replies[address] ?? null }));

onEveryMail("SEND_BATCH leaves no delivery retryable after the only attempt", async (mail) => {
  const { db, services, organization: { admin }, worker, send } = mail;
  const { id } = await send({
    to: { list: people(3).slice(2) },
    retry: { mode: "MANUAL", maxAttempts: 1 },
  });
  await worker.runQueued();
  const { edges } = await listDeliveries(services, admin, { messageId: id }, "CREATED_ASC", {});
  assert.deepEqual(edges.map(({ node }) => [node.status, node.retryable]), [["FAILED", false]]);
  assert.equal((await readStats(db, [id])).get(id)?.retryable, 0);
  assert.equal(await readStatus(db, id), "FAILED");
}, () => ({ reject: (address) => replies[address] ?? null }));

onEveryMail("SEND_BATCH sends each of 250 recipients one mail", async (mail) => {
  const { db, worker, smtp, send } = mail;
  const { id } = await send({ to: { list: people(250) } });
  await worker.runQueued();
  assert.equal(await readStatus(db, id), "SENT");
  await assertCounted(mail, id, { sent: 250 });
  assert.equal(new Set(smtp.received.map(({ recipient }) => recipient)).size, 250);
});

onEveryMail("SEND_BATCH fails only the recipients whose template fails", async (mail) => {
  const { db, worker, send } = mail;
  const prices = [{ amount: "7" }, { currency: "EUR" }, { amount: "7" }, { amount: { net: "7" } }];
  const list = people(4).map((person, index) => ({
    ...person,
    variables: { price: prices[index] },
  }));
  const content = { subject: "Offer", text: "{{ price.amount }}" };
  const { id } = await send({ to: { list }, content });
  await worker.runQueued();
  assert.deepEqual(await outcomesOf(db, id), [
    ["SENT", 1],
    ["FAILED", 1, "OTHER", "TEMPLATE", "final"],
    ["SENT", 1],
    ["FAILED", 1, "OTHER", "TEMPLATE", "final"],
  ]);
  assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
});

const GREYLISTED = "450 4.7.1 Greylisted, come back later";

onEveryMail(
  "SEND_BATCH defers a throttled recipient for longer each time, without an attempt",
  async (mail) => {
    const { db, services, worker, send } = mail;
    const replies = refusals(mail.smtp);
    replies.refuse([2], GREYLISTED);
    const { id } = await send({ to: { list: people(3) } });
    const waits: number[] = [];
    for (let run = 1; run <= 3; run++) {
      await worker.runQueued();
      waits.push((await db.run(WAIT))[0]?.seconds ?? NaN);
      await assertCounted(mail, id, { sent: 2, pending: 1 });
      await makeDue(services);
    }
    const means = [30, 120, 600];
    means.forEach((mean, run) => {
      const wait = waits[run] ?? NaN;
      assert(wait >= mean * 0.8 - 1 && wait <= mean * 1.2, `waits of ${waits} s`);
    });
    assert.deepEqual((await readBatches(db, id))[0]?.jobAttempt, 0);
    replies.accept();
    await worker.runQueued();
    assert.deepEqual(await outcomesOf(db, id), [["SENT", 1], ["SENT", 1], ["SENT", 1]]);
    assert.deepEqual(
      (await readTries(db, id, 2)).map(({ attempt, outcome }) => [attempt, outcome]),
      [[0, "FAILED"], [0, "FAILED"], [0, "FAILED"], [1, "SUCCEEDED"]],
    );
    assert.equal(await readStatus(db, id), "SENT");
  },
);

onEveryMail(
  "SEND_BATCH fails a recipient that is throttled for the eleventh time",
  async (mail) => {
    const { db, services, worker, send } = mail;
    refusals(mail.smtp).refuse([1], GREYLISTED);
    const { id } = await send({ to: { list: people(1) } });
    for (let run = 1; run <= 11; run++) {
      assert.equal(await readStatus(db, id), "SENDING", `after ${run - 1} runs`);
      await worker.runQueued();
      await makeDue(services);
    }
    assert.deepEqual(await outcomesOf(db, id), [[
      "FAILED",
      1,
      "RATE_LIMIT",
      "450 4.7.1",
      "retryable",
    ]]);
    assert.equal(await readStatus(db, id), "FAILED");
  },
);

const login = { user: "ada", password: "good" };

onEveryMail(
  "SEND_BATCH pauses the message for a wrong login, and continues after resumeMessage()",
  async (mail) => {
    const { db, services, organization: { admin }, worker, smtp, send } = mail;
    login.password = "changed";
    const { id } = await send({ to: { list: people(250) } });
    await worker.runQueued();
    const paused = await getMessage(services, admin, id);
    assert.equal(paused.status, "PAUSED");
    assert.match(paused.pauseReason ?? "", /credentials invalid/);
    assert.equal(paused.pauseCode, "535 5.7.8");
    await assertCounted(mail, id, { pending: 250 });
    assert((await readBatches(db, id)).every(({ parked }) => parked));
    await sweepMessages(services);
    assert.equal(smtp.received.length, 0);

    login.password = "good";
    await resumeMessage(services, admin, id);
    await worker.runQueued();
    assert.equal(await readStatus(db, id), "SENT");
    assert((await readDeliveries(db, id)).every(({ attempt }) => attempt === 1));
  },
  () => {
    login.password = "good";
    return { login };
  },
);

onEveryMail(
  "SEND_BATCH uses no attempt of the job or of a delivery while no server answers",
  async (mail) => {
    const { db, services, worker, smtp, send } = mail;
    const { id } = await send({ to: { list: people(20) } });
    await smtp.close();
    for (let run = 0; run <= JOB_KINDS.SEND_BATCH.maxAttempts; run++) {
      await worker.runQueued();
      await assertCounted(mail, id, { pending: 20 });
      const [wait] = await db.run(WAIT);
      assert.ok(wait && wait.seconds <= 33 && wait.error === null);
      await makeDue(services);
    }
    const [batch] = await readBatches(db, id);
    assert.deepEqual([batch?.jobStatus, batch?.jobAttempt], ["QUEUED", 0]);
    assert((await readDeliveries(db, id)).every(({ attempt }) => attempt === 0));
  },
);

onEveryMail("SEND_BATCH reports progress with the outcomes of earlier runs", async (mail) => {
  const { db, services, worker, smtp, send } = mail;
  const refused = (address: string) => replies[address] ?? null;
  smtp.replies.reject = (address) =>
    address === personAt(1) ? "450 4.7.1 Come back in 60 s" : refused(address);
  await send({ to: { list: people(6) } });
  await worker.runQueued();
  const counts = { total: 6, processed: 5, succeeded: 1, failed: 4, skipped: 0 };
  const early = { ...counts, processedBefore: 0 };
  assert.deepEqual(await db.run(PROGRESS), [{ progress: early }]);
  smtp.replies.reject = refused;
  await makeDue(services);
  await worker.runQueued();
  const all = { ...early, processed: 6, processedBefore: 5, succeeded: 2 };
  assert.deepEqual(await db.run(PROGRESS), [{ progress: all }]);
});
