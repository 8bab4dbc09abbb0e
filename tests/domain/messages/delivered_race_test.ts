import assert from "node:assert/strict";
import { type Connection, statement } from "../../../src/db/database.ts";
import { applyFeedback } from "../../../src/domain/deliveries/apply_feedback.ts";
import type { PendingDelivery } from "../../../src/domain/deliveries/delivery.ts";
import { delivered } from "../../../src/domain/deliveries/feedback.ts";
import {
  findMentioned,
  lockBatches,
  recordFeedback,
} from "../../../src/domain/deliveries/provider_event.ts";
import { withoutEnded } from "../../../src/domain/deliveries/step.ts";
import { finishMessage } from "../../../src/domain/messages/finish.ts";
import { recordEvent } from "../../../src/domain/messages/provider_event.ts";
import { lockMessages } from "../../../src/domain/messages/rounds.ts";
import { readPending, recordStep, takeBatch } from "../../support/batches.ts";
import { bounce, event } from "../../support/feedback.ts";
import { onEveryMail, onPostgresMail, type TestMail } from "../../support/mail.ts";
import { people, personAt, readStatus } from "../../support/messages.ts";
import { idsOf, statesOf } from "../../support/retries.ts";
import { until } from "../../support/until.ts";

/** Takes over the batch of an automatic retry, and reads its delivery before any event ends it. */
async function takeRetry(mail: TestMail) {
  const { services, worker, send } = mail;
  const message = await send({
    to: { list: people(1) },
    retry: { mode: "AUTO", maxAttempts: 3, backoff: "IMMEDIATE" },
    onUnknown: "RESEND",
  });
  await worker.runQueued();
  const [id = ""] = await idsOf(mail, message.id);
  await recordEvent(services, event(bounce(id, false)));
  const [job] = await worker.claim();
  assert(job);
  const claim = { jobId: job.id, fence: job.fence, batchId: String(job.payload.batchId) };
  const batch = await takeBatch(services, claim);
  const pending = await readPending(services, batch);
  const step = { step: batch.step, attempts: [], inFlight: [], starting: [], last: false };
  const start = (db: Connection) =>
    recordStep({ ...services, db: db as TestMail["db"] }, claim, batch, { ...step, starting: [1] });
  return { message, id, claim, batch, pending, step, start };
}

/** Ends the batch, whose only delivery is not in flight any more. */
async function endBatch(
  { services }: TestMail,
  { message, claim, batch, step }: Awaited<ReturnType<typeof takeRetry>>,
): Promise<void> {
  await recordStep(services, claim, batch, { ...step, step: batch.step + 1, last: true });
  await finishMessage(services, message);
}

const BLOCKED = statement<[], { pid: number }>(
  "test.blocked",
  `select pid from pg_stat_activity
   where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`,
);

function untilBlocked({ db }: TestMail): Promise<unknown> {
  return until("a statement waits for a lock", async () => (await db.run(BLOCKED)).length > 0);
}

onPostgresMail(
  "A report of delivery commits before the step that starts the retry",
  async (mail) => {
    const { db, services } = mail;
    const retry = await takeRetry(mail);
    const report = event(delivered(retry.id));
    const starting = await db.transaction(async (tx) => {
      const mentioned = await findMentioned(tx, [report]);
      await lockMessages(tx, mentioned.map(({ messageId }) => messageId));
      const inFlight = await lockBatches(tx, mentioned);
      const { outcome, feedback } = await recordFeedback(tx, report, mentioned, inFlight);
      assert.equal(outcome, "recorded");
      await applyFeedback(tx, feedback);
      const step = retry.start(db);
      await untilBlocked(mail);
      return { step };
    });
    assert((await starting.step).started);
    assert.deepEqual(await withoutEnded(services, retry.pending), []);
    await endBatch(mail, retry);
    assert.deepEqual(await statesOf(db, retry.message.id), ["SENT 1"]);
    assert.equal(await readStatus(db, retry.message.id), "SENT");
  },
);

onPostgresMail("A report of delivery comes after the step that starts the retry", async (mail) => {
  const { db, services } = mail;
  const retry = await takeRetry(mail);
  const report = event(delivered(retry.id));
  const reporting = await db.transaction(async (tx) => {
    assert((await retry.start(tx)).started);
    const outcome = recordEvent(services, report);
    await untilBlocked(mail);
    return { outcome };
  });
  assert.equal(await reporting.outcome, "early");
  assert.deepEqual(await withoutEnded(services, retry.pending), retry.pending);
  await assertEndsAs(mail, retry, report);
});

onEveryMail(
  "A mail that was delivered while in flight is not resent after an unknown outcome",
  async (mail) => {
    const { services } = mail;
    const retry = await takeRetry(mail);
    const report = event(delivered(retry.id));
    await retry.start(services.db);
    assert.equal(await recordEvent(services, report), "early");
    await assertEndsAs(mail, retry, report);
  },
);

onEveryMail(
  "A report of delivery ends a retry that waits in a running batch",
  async (mail) => {
    const { db, services, worker, smtp, send } = mail;
    const { id } = await send({
      to: { list: people(2) },
      retry: { mode: "AUTO", maxAttempts: 3, backoff: "IMMEDIATE" },
    });
    await worker.runQueued();
    const [first = "", second = ""] = await idsOf(mail, id);
    await recordEvent(services, event(bounce(first, false), bounce(second, false)));
    smtp.replies.beforeReply = async () => {
      assert.equal(await recordEvent(services, event(delivered(second))), "recorded");
    };
    await worker.runQueued();
    assert.deepEqual(await statesOf(db, id), ["SENT 2", "SENT 1"]);
    assert.deepEqual(smtp.received.map(({ recipient }) => recipient).sort(), [
      personAt(1),
      personAt(1),
      personAt(2),
    ]);
    assert.equal(await readStatus(db, id), "SENT");
  },
  () => ({ window: 1 }),
);

/** Records an attempt whose reply was lost. The sender would repeat it, but the mail was delivered. */
async function assertEndsAs(
  mail: TestMail,
  retry: Awaited<ReturnType<typeof takeRetry>>,
  report: Parameters<typeof recordEvent>[1],
): Promise<void> {
  const { db, services, smtp } = mail;
  const { message, claim, batch, pending: [delivery], step } = retry;
  assert(delivery);
  const attempts = [lost(delivery)];
  await recordStep(services, claim, batch, { ...step, step: batch.step + 1, attempts, last: true });
  assert.deepEqual(await statesOf(db, message.id), ["UNKNOWN 2"]);
  await finishMessage(services, message);
  assert.equal(await recordEvent(services, report), "recorded");
  assert.deepEqual(await statesOf(db, message.id), ["SENT 2"]);
  assert.equal(await readStatus(db, message.id), "SENT");
  assert.equal(smtp.received.length, 1);
}

function lost(delivery: PendingDelivery) {
  const error = {
    type: "NETWORK",
    disposition: "unknown",
    code: null,
    message: "The reply was lost",
    retryAfterMs: null,
    beforeRecipient: false,
  } as const;
  const outcome = { type: "unknown", error, resend: true, waitMs: 0 } as const;
  return { delivery, outcome, provider: "test", durationMs: 1, earlier: [] };
}

onPostgresMail(
  "A mail that was delivered while in flight is not resent after a crash",
  async (mail) => {
    const { db, services, smtp } = mail;
    const retry = await takeRetry(mail);
    const report = event(delivered(retry.id));
    await retry.start(services.db);
    assert.equal(await recordEvent(services, report), "early");
    await mail.worker.loseLease();
    const other = await mail.startWorker();
    await other.runQueued();
    assert.deepEqual(await statesOf(db, retry.message.id), ["UNKNOWN 2"]);
    assert.equal(await recordEvent(services, report), "recorded");
    assert.deepEqual(await statesOf(db, retry.message.id), ["SENT 2"]);
    assert.equal(smtp.received.length, 1);
  },
);
