import assert from "node:assert/strict";
import { type Connection, statement } from "../../src/db/database.ts";
import { readEffectiveness, readStats } from "../../src/domain/deliveries/stats.ts";
import { cancelJob } from "../../src/domain/jobs/cancel.ts";
import { cancelMessage } from "../../src/domain/messages/cancel.ts";
import { pauseMessage } from "../../src/domain/messages/pause.ts";
import { resumeMessage } from "../../src/domain/messages/resume.ts";
import { sweepMessages } from "../../src/domain/messages/sweep.ts";
import { onEveryMail, type TestMail } from "../support/mail.ts";
import { makeDue } from "../support/mail_worker.ts";
import {
  people,
  readBatches,
  readDeliveries,
  readStatus,
  readTries,
  tally,
} from "../support/messages.ts";
import { holdReplies, type ReplyHold } from "../support/reply_hold.ts";
import { until } from "../support/until.ts";

const WINDOW = 4;

type HeldMail = TestMail & { readonly hold: ReplyHold };

/** Declares a test whose mail server replies only when the test allows it. */
function onHeldMail(name: string, test: (mail: HeldMail) => Promise<void>): void {
  onEveryMail(name, (mail) => {
    const hold = holdReplies(mail.smtp);
    return test({ ...mail, hold }).finally(hold.disable);
  }, () => ({ window: WINDOW }));
}

/** Sends to 30 people and returns while the first window is in flight. */
async function sendFirstWindow(
  { worker, hold, send }: HeldMail,
  given: Parameters<TestMail["send"]>[0] = {},
) {
  const message = await send({ to: { list: people(30) }, ...given });
  worker.start(await worker.claim());
  await hold.untilWaiting(WINDOW);
  return message;
}

const SHOWN = statement<[messageId: string], { status: string }>(
  "test.statuses",
  "select status from deliveries where message_id = $1 order by n",
);

async function statuses(db: Connection, messageId: string): Promise<Record<string, number>> {
  return tally((await db.run(SHOWN, messageId)).map(({ status }) => status));
}

async function countsOf({ db }: TestMail, messageId: string) {
  const { pending, sending, sent, failed, unknown, cancelled } =
    (await readStats(db, [messageId])).get(messageId) ?? assert.fail();
  return { pending, sending, sent, failed, unknown, cancelled };
}

const NONE = { pending: 0, sending: 0, sent: 0, failed: 0, unknown: 0, cancelled: 0 };

onHeldMail("pauseMessage() lets deliveries in flight end and starts no other", async (mail) => {
  const { db, services, organization: { admin }, worker, smtp, hold } = mail;
  const { id } = await sendFirstWindow(mail);
  assert.deepEqual(await countsOf(mail, id), { ...NONE, pending: 26, sending: 4 });
  await pauseMessage(services, admin, id);
  hold.disable();
  await worker.untilIdle();
  assert.deepEqual(await countsOf(mail, id), { ...NONE, pending: 26, sent: 4 });
  assert.equal(smtp.received.length, 4);
  const [batch] = await readBatches(db, id);
  assert.deepEqual([batch?.parked, batch?.win, batch?.jobAttempt], [true, null, 0]);

  await resumeMessage(services, admin, id);
  await worker.runQueued();
  assert.deepEqual(await countsOf(mail, id), { ...NONE, sent: 30 });
  assert.equal(await readStatus(db, id), "SENT");
});

onHeldMail(
  "BatchSender continues a message that is paused and resumed within one window",
  async (mail) => {
    const { db, services, organization: { admin }, worker, hold } = mail;
    const { id } = await sendFirstWindow(mail);
    await pauseMessage(services, admin, id);
    hold.release(WINDOW / 2);
    await until("half the window is recorded", async () => (await countsOf(mail, id)).sent === 2);
    await resumeMessage(services, admin, id);
    hold.disable();
    await worker.untilIdle();
    assert.equal(await readStatus(db, id), "SENT");
  },
);

onHeldMail("cancelMessage() lets deliveries in flight end and cancels the rest", async (mail) => {
  const { db, services, organization: { admin }, worker, smtp, hold } = mail;
  const { id } = await sendFirstWindow(mail);
  await cancelMessage(services, admin, id);
  assert.deepEqual(await countsOf(mail, id), { ...NONE, sending: 4, cancelled: 26 });
  hold.disable();
  await worker.runQueued();
  await worker.untilIdle();
  assert.deepEqual(await countsOf(mail, id), { ...NONE, sent: 4, cancelled: 26 });
  assert.equal(smtp.received.length, 4);
  const [batch] = await readBatches(db, id);
  assert.deepEqual([batch?.finished, batch?.jobStatus], [true, "CANCELLED"]);
  assert.equal(await readStatus(db, id), "CANCELLED");
});

onHeldMail("cancelMessage() of a paused message ends its parked jobs", async (mail) => {
  const { db, services, organization: { admin }, worker, hold } = mail;
  const { id } = await sendFirstWindow(mail);
  await pauseMessage(services, admin, id);
  hold.disable();
  await worker.untilIdle();
  await cancelMessage(services, admin, id);
  await worker.runQueued();
  const [batch] = await readBatches(db, id);
  assert.deepEqual([batch?.finished, batch?.jobStatus], [true, "CANCELLED"]);
  assert.deepEqual(await countsOf(mail, id), { ...NONE, sent: 4, cancelled: 26 });
});

onHeldMail(
  "cancelJob() of a running batch records deliveries in flight, and fails the rest",
  async (mail) => {
    const { db, services, organization: { admin }, worker, hold } = mail;
    const { id } = await sendFirstWindow(mail);
    const [batch] = await readBatches(db, id);
    await cancelJob(services, admin, batch?.jobId ?? "");
    worker.abort("cancelled");
    hold.disable();
    await worker.untilIdle();
    await sweepMessages(services);
    assert.deepEqual(await countsOf(mail, id), { ...NONE, sent: 4, failed: 26 });
    const rest = (await readDeliveries(db, id)).slice(4);
    const ends = rest.map(({ errorType, errorCode, retryable }) =>
      `${errorType} ${errorCode} ${retryable}`
    );
    assert.deepEqual(tally(ends), { "OTHER BATCH_CANCELLED true": 26 });
    assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
  },
);

onHeldMail(
  "BatchSender records deliveries in flight of a stopping worker, and leaves the rest PENDING",
  async (mail) => {
    const { db, worker, startWorker, hold } = mail;
    const { id } = await sendFirstWindow(mail);
    worker.abort("stopping");
    hold.disable();
    await worker.untilIdle();
    assert.deepEqual(await countsOf(mail, id), { ...NONE, pending: 26, sent: 4 });
    const [batch] = await readBatches(db, id);
    assert.deepEqual([batch?.jobStatus, batch?.jobAttempt, batch?.win], ["QUEUED", 0, null]);
    const other = await startWorker();
    await other.runQueued();
    assert.equal(await readStatus(db, id), "SENT");
    assert((await readDeliveries(db, id)).every(({ tries }) => tries === 1));
  },
);

onHeldMail(
  "takeBatch() marks deliveries in flight of a dead worker UNKNOWN, and resends none",
  async (mail) => {
    const { db, worker, startWorker, smtp, hold } = mail;
    const { id } = await sendFirstWindow(mail);
    await worker.loseLease();
    const other = await startWorker();
    other.start(await other.claim());
    hold.disable();
    await other.untilIdle();
    await worker.untilIdle();
    assert.deepEqual(await statuses(db, id), { UNKNOWN: 4, SENT: 26 });
    assert.deepEqual(await countsOf(mail, id), { ...NONE, sent: 26, unknown: 4 });
    assert.deepEqual(await readTries(db, id, 1), [{
      attempt: 1,
      outcome: "UNKNOWN",
      errorType: "OTHER",
      errorCode: "INTERRUPTED",
    }]);
    assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
    assert.equal(smtp.received.length, 30);
  },
);

onHeldMail(
  "takeBatch() with RESEND resends deliveries in flight of a dead worker, within their attempts",
  async (mail) => {
    const { db, worker, startWorker, hold } = mail;
    const { id } = await sendFirstWindow(mail, {
      onUnknown: "RESEND",
      retry: { mode: "MANUAL", maxAttempts: 2 },
    });
    await worker.loseLease();
    const second = await startWorker();
    second.start(await second.claim());
    await hold.untilWaiting(2 * WINDOW);
    await second.loseLease();
    const third = await startWorker();
    // After the second crash the job waits before it can be claimed.
    await makeDue(mail.services);
    third.start(await third.claim());
    hold.disable();
    await Promise.all([worker, second, third].map((each) => each.untilIdle()));
    assert.deepEqual(await statuses(db, id), { UNKNOWN: 4, SENT: 26 });
    assert.deepEqual(
      (await readTries(db, id, 1)).map(({ attempt, outcome }) => [attempt, outcome]),
      [[1, "UNKNOWN"], [2, "UNKNOWN"]],
    );
    assert.deepEqual(await countsOf(mail, id), { ...NONE, sent: 26, unknown: 4 });
    assert.deepEqual(await readEffectiveness(db, [id]), [
      { messageId: id, attemptNumber: 1, sent: 26, failed: 4 },
      { messageId: id, attemptNumber: 2, sent: 0, failed: 4 },
    ]);
  },
);

onHeldMail(
  "BatchSender with RESEND resends after a connection was lost in the body",
  async (mail) => {
    const { db, services, worker, smtp, hold } = mail;
    const { id } = await sendFirstWindow(mail, { onUnknown: "RESEND" });
    smtp.closeConnections();
    hold.disable();
    await worker.untilIdle();
    assert.deepEqual(await countsOf(mail, id), { ...NONE, pending: 4, sent: 26 });
    await makeDue(services);
    await worker.runQueued();
    assert.equal(await readStatus(db, id), "SENT");
    assert.deepEqual(
      (await readTries(db, id, 1)).map(({ attempt, outcome }) => [attempt, outcome]),
      [[1, "UNKNOWN"], [2, "SUCCEEDED"]],
    );
    assert.deepEqual(await readEffectiveness(db, [id]), [
      { messageId: id, attemptNumber: 1, sent: 26, failed: 4 },
      { messageId: id, attemptNumber: 2, sent: 4, failed: 0 },
    ]);
  },
);

onHeldMail("BatchSender records UNKNOWN after a connection was lost in the body", async (mail) => {
  const { db, worker, smtp, hold } = mail;
  const { id } = await sendFirstWindow(mail);
  smtp.closeConnections();
  hold.disable();
  await worker.untilIdle();
  assert.deepEqual(await statuses(db, id), { UNKNOWN: 4, SENT: 26 });
  assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
});

for (const lost of ["worker", "connection"]) {
  onHeldMail(
    `cancelMessage() leaves deliveries in flight UNKNOWN whose ${lost} was lost`,
    async (mail) => {
      const { db, services, organization: { admin }, worker, startWorker, smtp, hold } = mail;
      const { id } = await sendFirstWindow(mail, { onUnknown: "RESEND" });
      await cancelMessage(services, admin, id);
      if (lost === "worker") await worker.loseLease();
      else smtp.closeConnections();
      hold.disable();
      const other = await startWorker();
      await other.runQueued();
      await worker.untilIdle();
      assert.deepEqual(await statuses(db, id), { UNKNOWN: 4, PENDING: 26 });
      assert.deepEqual(await countsOf(mail, id), { ...NONE, unknown: 4, cancelled: 26 });
    },
  );
}

onEveryMail(
  "readStats() returns counts that add up to the recipients at any time",
  async (mail) => {
    const { db, worker, send } = mail;
    const { id } = await send({ to: { list: people(500) } });
    let running = true;
    const sums = new Set<number>();
    const seen = new Set<string>();
    const watching = (async () => {
      while (running) {
        const counts = await countsOf(mail, id);
        sums.add(Object.values(counts).reduce((sum, count) => sum + count));
        for (const [name, count] of Object.entries(counts)) if (count > 0) seen.add(name);
      }
    })();
    await worker.runQueued();
    running = false;
    await watching;
    assert.deepEqual([...sums], [500]);
    assert(seen.has("sending") && seen.has("failed"), `saw ${[...seen]}`);
    assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
  },
  () => ({ reject: (address) => address.includes("7") ? "550 5.1.1 No such user" : null }),
);
