import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { readSeries } from "../../../src/domain/deliveries/analytics.ts";
import { complained, delivered, type Feedback } from "../../../src/domain/deliveries/feedback.ts";
import { readStats } from "../../../src/domain/deliveries/stats.ts";
import { recordEvent } from "../../../src/domain/messages/provider_event.ts";
import { retryDeliveries } from "../../../src/domain/messages/retry.ts";
import { retryScheduled } from "../../../src/domain/messages/scheduled_retry.ts";
import { addSuppressions } from "../../../src/domain/suppressions/edit.ts";
import { listSuppressions } from "../../../src/domain/suppressions/list.ts";
import { bounce, event } from "../../support/feedback.ts";
import { onEveryMail, type TestMail } from "../../support/mail.ts";
import { people, personAt, readDeliveries, readStatus } from "../../support/messages.ts";
import { idsOf, refusals, statesOf } from "../../support/retries.ts";

/** Sends a message to one recipient; returns its id and that of its delivery. */
async function sendOne(
  mail: TestMail,
  overrides: Parameters<TestMail["send"]>[0] = {},
): Promise<{ id: string; delivery: string }> {
  const { id } = await mail.send({ to: { list: people(1) }, ...overrides });
  await mail.worker.runQueued();
  const [delivery = ""] = await idsOf(mail, id);
  return { id, delivery };
}

async function figures({ db }: TestMail, id: string) {
  const stats = (await readStats(db, [id])).get(id);
  const { pending, sent, failed, unknown, bounced, retryable } = stats ?? {};
  return { pending, sent, failed, unknown, bounced, retryable };
}

const ONE_SENT = { pending: 0, sent: 1, failed: 0, unknown: 0, bounced: 0, retryable: 0 };

for (const mode of ["AUTO", "CRON", "MANUAL"] as const) {
  onEveryMail(
    `A delivered mail is not sent again after temporary bounces: ${mode}`,
    async (mail) => {
      const { db, services, worker, smtp } = mail;
      const { id, delivery } = await sendOne(mail, { retry: { mode, maxAttempts: 5 } });
      for (let times = 0; times < 3; times++) {
        await recordEvent(services, event(delivered(delivery)));
        await recordEvent(services, event(bounce(delivery, false)));
        await retryScheduled(services, null, async () => {});
        await worker.runQueued();
      }
      assert.equal(smtp.received.length, 1);
      assert.deepEqual(await statesOf(db, id), ["SENT 1"]);
      assert.deepEqual(await figures(mail, id), ONE_SENT);
      assert.equal(await readStatus(db, id), "SENT");
    },
  );
}

onEveryMail("A report of delivery withdraws an earlier temporary bounce", async (mail) => {
  const { db, services, worker, smtp, organization: { admin } } = mail;
  const { id, delivery } = await sendOne(mail);
  await recordEvent(services, event(bounce(delivery, false)));
  assert.equal(await readStatus(db, id), "FAILED");
  await recordEvent(services, event(delivered(delivery)));
  assert.deepEqual(await statesOf(db, id), ["SENT 1"]);
  assert.deepEqual(await figures(mail, id), ONE_SENT);
  assert.equal(await readStatus(db, id), "SENT");
  await retryDeliveries(services, admin, { filter: { messageId: id }, force: false });
  await worker.runQueued();
  assert.equal(smtp.received.length, 1);
  const now = Date.now();
  const period = { from: new Date(now - 60 * 60_000), to: new Date(now + 60_000) };
  const series = await readSeries(services, admin, period, "HOUR", "UTC");
  assert.equal(series.reduce((sum, { bounced }) => sum + bounced, 0), 0);
});

onEveryMail("A report of delivery ends a retry that has not begun", async (mail) => {
  const { db, services, worker, smtp } = mail;
  const { id, delivery } = await sendOne(mail, { retry: { mode: "AUTO", maxAttempts: 3 } });
  await recordEvent(services, event(bounce(delivery, false)));
  // The retry waits for half a minute, because the reports come in any order.
  await worker.runQueued();
  assert.deepEqual(await statesOf(db, id), ["PENDING 1"]);
  await recordEvent(services, event(delivered(delivery)));
  assert.deepEqual(await statesOf(db, id), ["SENT 1"]);
  assert.deepEqual(await figures(mail, id), ONE_SENT);
  await worker.runQueued();
  assert.equal(smtp.received.length, 1);
  assert.equal(await readStatus(db, id), "SENT");
});

const DUE = statement<[], { count: number }>(
  "test.dueJobs",
  "select count(*) from jobs where kind = 'SEND_BATCH' and status = 'QUEUED'",
);

onEveryMail(
  "A report of delivery ends the wait of the retry, so that its message ends",
  async (mail) => {
    const { db, services, worker } = mail;
    const { id, delivery } = await sendOne(mail, { retry: { mode: "AUTO", maxAttempts: 3 } });
    await recordEvent(services, event(bounce(delivery, false)));
    assert.deepEqual(await db.run(DUE), [{ count: 0 }]);
    await recordEvent(services, event(delivered(delivery)));
    assert.deepEqual(await db.run(DUE), [{ count: 1 }]);
    await worker.runQueued();
    assert.equal(await readStatus(db, id), "SENT");
  },
);

onEveryMail(
  "A permanent bounce of a delivered mail is a failure, and only a person retries it",
  async (mail) => {
    const { db, services, worker, smtp, organization: { admin } } = mail;
    const { id, delivery } = await sendOne(mail, { retry: { mode: "AUTO", maxAttempts: 3 } });
    await recordEvent(services, event(delivered(delivery)));
    await recordEvent(services, event(bounce(delivery, true)));
    await recordEvent(services, event(delivered(delivery)));
    await worker.runQueued();
    assert.deepEqual(await statesOf(db, id), ["BOUNCED 1"]);
    const { edges } = await listSuppressions(services, admin, {}, {});
    assert.deepEqual(edges.map(({ node: { reason } }) => reason), ["BOUNCED"]);
    assert.equal(smtp.received.length, 1);

    const result = await retryDeliveries(services, admin, { ids: [delivery], force: true });
    assert.equal(result.queuedCount, 1);
    await worker.runQueued();
    // The bounce has put the address on the suppression list.
    assert.deepEqual(await statesOf(db, id), ["SUPPRESSED 1"]);
  },
);

onEveryMail(
  "A report of delivery counts also if the recipient was suppressed before another attempt",
  async (mail) => {
    const { db, services, worker, organization: { admin } } = mail;
    const { id, delivery } = await sendOne(mail);
    await recordEvent(services, event(bounce(delivery, false)));
    await addSuppressions(services, admin, { channel: "EMAIL", addresses: [personAt(1)] });
    await retryDeliveries(services, admin, { ids: [delivery], force: false });
    await worker.runQueued();
    assert.deepEqual(await statesOf(db, id), ["SUPPRESSED 1"]);
    await recordEvent(services, event(delivered(delivery)));
    assert.deepEqual(await statesOf(db, id), ["SENT 1"]);
    assert.deepEqual(await figures(mail, id), ONE_SENT);
  },
);

const REPORTS: readonly [name: string, reports: (id: string) => Feedback[], state: string][] = [
  ["temporary bounce", (id) => [bounce(id, false), delivered(id)], "SENT 1"],
  ["permanent bounce", (id) => [delivered(id), bounce(id, true), bounce(id, false)], "BOUNCED 1"],
  ["complaint", (id) => [bounce(id, true), complained(id, null), delivered(id)], "COMPLAINED 1"],
];

for (const [name, reports, state] of REPORTS) {
  onEveryMail(`One event reports delivery and a ${name}`, async (mail) => {
    const { db, services } = mail;
    const { id, delivery } = await sendOne(mail);
    await recordEvent(services, event(...reports(delivery)));
    assert.deepEqual(await statesOf(db, id), [state]);
  });
}

onEveryMail(
  "A report of delivery resolves UNKNOWN, in spite of a temporary bounce",
  async (mail) => {
    const { db, services, smtp } = mail;
    smtp.replies.beforeReply = () => Promise.resolve(smtp.closeConnections());
    const { id, delivery } = await sendOne(mail);
    assert.deepEqual(await statesOf(db, id), ["UNKNOWN 1"]);
    await recordEvent(services, event(bounce(delivery, false), delivered(delivery)));
    assert.deepEqual(await statesOf(db, id), ["SENT 1"]);
    assert.deepEqual(await figures(mail, id), ONE_SENT);
  },
);

onEveryMail("A report of delivery corrects a failed further attempt", async (mail) => {
  const { db, services, worker, smtp } = mail;
  const { id, delivery } = await sendOne(mail, {
    retry: { mode: "AUTO", maxAttempts: 2, backoff: "IMMEDIATE" },
  });
  refusals(smtp).refuse([1], "550 5.7.1 Blocked");
  await recordEvent(services, event(bounce(delivery, false)));
  await worker.runQueued();
  assert.deepEqual(await statesOf(db, id), ["FAILED 2"]);
  await recordEvent(services, event(delivered(delivery)));
  assert.deepEqual(await statesOf(db, id), ["SENT 2"]);
  assert.deepEqual(await figures(mail, id), ONE_SENT);
  const [row] = await readDeliveries(db, id);
  assert.deepEqual([row?.errorType, row?.errorCode, row?.retryable], [null, null, false]);
  assert.equal(await readStatus(db, id), "SENT");
});
