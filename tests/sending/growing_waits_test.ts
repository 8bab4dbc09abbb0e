import assert from "node:assert/strict";
import { type Connection, statement } from "../../src/db/database.ts";
import { readEffectiveness, readErrorTypes, readStats } from "../../src/domain/deliveries/stats.ts";
import { getMessage } from "../../src/domain/messages/find.ts";
import { cancelMessage } from "../../src/domain/messages/cancel.ts";
import { pauseMessage } from "../../src/domain/messages/pause.ts";
import { resumeMessage } from "../../src/domain/messages/resume.ts";
import { onEveryMail, type TestMail } from "../support/mail.ts";
import { makeDue } from "../support/mail_worker.ts";
import { people, personAt, readBatches, readStatus } from "../support/messages.ts";
import { refusals, statesOf } from "../support/retries.ts";
import { until } from "../support/until.ts";

const GROWING = { mode: "AUTO", maxAttempts: 3, backoff: "GROWING" } as const;

const DUE = statement<[messageId: string], { seconds: number | null }>(
  "test.dueTimes",
  `select case when status = 'PENDING' then round(extract(epoch from not_before - now()))::int end
     as seconds
   from deliveries where message_id = $1 order by n`,
);
const PASS_MINUTE = statement<[]>(
  "test.passMinute",
  `with d as (update deliveries set not_before = not_before - interval '1 minute')
   update jobs set status = 'QUEUED', wait_reason = null, wait_provider_id = null
   where status = 'SCHEDULED' and run_at < now() + interval '1 minute'`,
);

/** Waits of the PENDING deliveries in seconds, by position; null for the others. */
async function waitsOf(db: Connection, messageId: string): Promise<(number | null)[]> {
  return (await db.run(DUE, messageId)).map(({ seconds }) => seconds);
}

function assertBetween(value: number | null | undefined, low: number, high: number): void {
  assert.ok(value != null && value >= low && value <= high, `${value} is not ${low} to ${high}`);
}

async function countsOf({ db }: TestMail, id: string) {
  const stats = (await readStats(db, [id])).get(id);
  assert.ok(stats);
  const { pending, sent, failed, retryable, cancelled } = stats;
  return { pending, sent, failed, retryable, cancelled };
}

onEveryMail("SEND_BATCH waits longer after each attempt in AUTO, without a round", async (mail) => {
  const { db, services, organization: { admin }, worker, send } = mail;
  const replies = refusals(mail.smtp);
  replies.refuse([2]);
  const { id } = await send({ to: { list: people(3) }, retry: GROWING });
  await worker.runQueued();
  assert.deepEqual(await statesOf(db, id), ["SENT 1", "PENDING 1", "SENT 1"]);
  assertBetween((await waitsOf(db, id))[1], 23, 36);
  const counts = { pending: 1, sent: 2, failed: 0, retryable: 0, cancelled: 0 };
  assert.deepEqual(await countsOf(mail, id), counts);
  assert.deepEqual(await readErrorTypes(db, [id]), []);

  await makeDue(services);
  await worker.runQueued();
  assert.deepEqual(await statesOf(db, id), ["SENT 1", "PENDING 2", "SENT 1"]);
  assertBetween((await waitsOf(db, id))[1], 95, 144);
  const [batch, ...others] = await readBatches(db, id);
  assert.deepEqual([batch?.jobAttempt, others], [0, []]);

  await makeDue(services);
  await worker.runQueued();
  assert.deepEqual(await statesOf(db, id), ["SENT 1", "FAILED 3", "SENT 1"]);
  assert.deepEqual(await countsOf(mail, id), { ...counts, pending: 0, failed: 1 });
  assert.deepEqual(await readEffectiveness(db, [id]), [
    { messageId: id, attemptNumber: 1, sent: 2, failed: 1 },
    { messageId: id, attemptNumber: 2, sent: 0, failed: 1 },
    { messageId: id, attemptNumber: 3, sent: 0, failed: 1 },
  ]);
  const { status, retryRounds } = await getMessage(services, admin, id);
  assert.deepEqual([status, retryRounds], ["PARTIALLY_SENT", 0]);
});

onEveryMail("SEND_BATCH delays no delivery by the wait of another one", async (mail) => {
  const { db, worker, send } = mail;
  const replies = refusals(mail.smtp);
  replies.refuse([1], "451 4.3.0 Try again in 600 seconds");
  replies.refuse([2]);
  const { id } = await send({ to: { list: people(3) }, retry: GROWING });
  await worker.runQueued();
  replies.accept();
  await db.run(PASS_MINUTE);
  await worker.runQueued();
  assert.deepEqual(await statesOf(db, id), ["PENDING 1", "SENT 2", "SENT 1"]);
  assertBetween((await waitsOf(db, id))[0], 500, 541);
});

onEveryMail(
  "SEND_BATCH tries again behind the queued batches after the first lost connection",
  async (mail) => {
    const { db, worker, smtp, send } = mail;
    const tried: string[] = [];
    smtp.replies.reject = (address) => {
      tried.push(address);
      if (address === personAt(1)) smtp.closeConnections();
      return null;
    };
    const { id } = await send({ to: { list: people(201) }, retry: GROWING });
    for (let jobs = await worker.claim(1); jobs.length > 0; jobs = await worker.claim(1)) {
      worker.start(jobs);
      await worker.untilIdle();
    }
    const [first, ...others] = await statesOf(db, id);
    assert.equal(first, "PENDING 2");
    assert.ok(others.every((state) => state.startsWith("SENT")));
    assertBetween((await waitsOf(db, id))[0], 95, 144);
    assert.ok(tried.lastIndexOf(personAt(1)) > tried.indexOf(personAt(201)));
  },
  () => ({ window: 1 }),
);

onEveryMail("pauseMessage() and resumeMessage() keep the wait of a delivery", async (mail) => {
  const { db, services, organization: { admin }, worker, send } = mail;
  const replies = refusals(mail.smtp);
  replies.refuse([1]);
  const { id } = await send({ to: { list: people(2) }, retry: GROWING });
  await worker.runQueued();
  await pauseMessage(services, admin, id);
  await makeDue(services);
  await worker.runQueued();
  assert.deepEqual(await statesOf(db, id), ["PENDING 1", "SENT 1"]);
  replies.accept();
  await resumeMessage(services, admin, id);
  await worker.runQueued();
  assert.deepEqual(await statesOf(db, id), ["SENT 2", "SENT 1"]);
  assert.equal(await readStatus(db, id), "SENT");
});

onEveryMail("cancelMessage() ends the batches of deliveries that wait", async (mail) => {
  const { db, services, organization: { admin }, worker, send } = mail;
  refusals(mail.smtp).refuse([1]);
  const { id } = await send({ to: { list: people(2) }, retry: GROWING });
  await worker.runQueued();
  await cancelMessage(services, admin, id);
  await worker.runQueued();
  const [batch] = await readBatches(db, id);
  assert.deepEqual([batch?.finished, batch?.jobStatus], [true, "CANCELLED"]);
  const counts = { pending: 0, sent: 1, failed: 0, retryable: 0, cancelled: 1 };
  assert.deepEqual(await countsOf(mail, id), counts);
});

onEveryMail("SEND_BATCH retries nothing that fails after cancelMessage()", async (mail) => {
  const { db, services, organization: { admin }, worker, smtp, send } = mail;
  const replied = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  smtp.replies.beforeReply = () => {
    arrived.resolve();
    return replied.promise;
  };
  smtp.replies.rejectMail = () => "451 4.3.0 Try again";
  const { id } = await send({ to: { list: people(1) }, retry: GROWING });
  worker.start(await worker.claim());
  await arrived.promise;
  await cancelMessage(services, admin, id);
  replied.resolve();
  await worker.untilIdle();
  assert.deepEqual(await statesOf(db, id), ["FAILED 1"]);
  const counts = { pending: 0, sent: 0, failed: 1, retryable: 0, cancelled: 0 };
  assert.deepEqual(await countsOf(mail, id), counts);
});

onEveryMail("SEND_BATCH keeps the waits when its worker dies", async (mail) => {
  const { db, services, worker, startWorker, smtp, send } = mail;
  const silence = Promise.withResolvers<void>();
  refusals(smtp).refuse([1]);
  smtp.replies.beforeReply = () => silence.promise;
  const { id } = await send({ to: { list: people(2) }, retry: GROWING });
  worker.start(await worker.claim());
  await until("the refusal is recorded", async () => (await statesOf(db, id))[0] === "PENDING 1");
  await worker.loseLease();
  silence.resolve();
  const other = await startWorker();
  await other.runQueued();
  assert.deepEqual(await statesOf(db, id), ["PENDING 1", "UNKNOWN 1"]);
  assertBetween((await waitsOf(db, id))[0], 20, 36);
  refusals(smtp);
  await makeDue(services);
  await other.runQueued();
  assert.deepEqual(await statesOf(db, id), ["SENT 2", "UNKNOWN 1"]);
});
