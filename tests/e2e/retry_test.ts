// The three ways to retry, end to end: AUTO, by error type, and by the schedule.
import assert from "node:assert/strict";
import { statement } from "../../src/db/database.ts";
import { readErrorTypes, readStats } from "../../src/domain/deliveries/stats.ts";
import { toTypeId } from "../../src/domain/id.ts";
import { findJobs } from "../../src/domain/jobs/find.ts";
import { getMessage } from "../../src/domain/messages/find.ts";
import { retryDeliveries } from "../../src/domain/messages/retry.ts";
import { readNextRetries } from "../../src/domain/messages/scheduled_retry.ts";
import { ensureBuiltInSchedules } from "../../src/domain/schedules/built_in.ts";
import { fireDue } from "../../src/domain/schedules/fire.ts";
import { pollSchedules } from "../../src/domain/schedules/poll.ts";
import { onEveryMail, onPostgresMail, type TestMail } from "../support/mail.ts";
import { makeDue } from "../support/mail_worker.ts";
import { people, readDeliveries, tally } from "../support/messages.ts";

const TICK = statement<[]>(
  "test.tick",
  `update schedules set enabled = name = 'retry-failed', next_at = now()`,
);
const FIRES = statement<
  [],
  {
    jobId: string;
    outcome: string;
    processedCount: number;
    recipientCount: number;
    batchCount: number;
    error: unknown;
  }
>(
  "test.retryFires",
  `select job_id as "jobId", outcome, processed_count as "processedCount",
     recipient_count as "recipientCount", batch_count as "batchCount", error
   from schedule_fires order by nominal_at`,
);
// Larger than the default of the tests, because some send thousands of mails.
const settings = () => ({ window: 20 });

/** Refuses recipients by their number from now on. */
function refuseWhere({ smtp }: TestMail, reply: (n: number) => string | null): void {
  smtp.replies.reject = (address) => reply(Number(address.match(/\d+/)?.[0]));
}

async function statesOf({ db }: TestMail, id: string): Promise<Record<string, number>> {
  const rows = await readDeliveries(db, id);
  return tally(rows.map(({ status, attempt }) => `${status} ${attempt}`));
}

onPostgresMail(
  "AUTO with backoff IMMEDIATE retries failed deliveries until they are sent or have no attempts left",
  async (mail) => {
    const { db, services, organization: { admin }, worker, smtp, send } = mail;
    const attempts = new Map<number, number>();
    refuseWhere(mail, (n) => {
      if (n % 100 !== 0) return null;
      const attempt = (attempts.get(n) ?? 0) + 1;
      attempts.set(n, attempt);
      return attempt === 1 || n % 1_000 === 0 ? "451 4.3.0 Try again" : null;
    });
    const { id } = await send({
      to: { list: people(5_000) },
      retry: { mode: "AUTO", maxAttempts: 3, backoff: "IMMEDIATE" },
    });
    await worker.runQueued();
    const message = await getMessage(services, admin, id);
    assert.deepEqual([message.status, message.retryRounds], ["PARTIALLY_SENT", 2]);
    assert.deepEqual(await statesOf(mail, id), { "SENT 1": 4_950, "SENT 2": 45, "FAILED 3": 5 });
    assert.equal(smtp.received.length, 4_995);

    // A user retries the remaining five.
    refuseWhere(mail, () => null);
    const ids = (await retryable(mail, id)).map(({ delivery }) => delivery.id);
    assert.equal(ids.length, 5);
    const { queuedCount, startNumber } = await retryDeliveries(services, admin, {
      ids,
      force: true,
    });
    assert.deepEqual([queuedCount, startNumber], [5, 53]);
    await worker.runQueued();
    assert.equal((await getMessage(services, admin, id)).status, "SENT");
    assert.equal((await readStats(db, [id])).get(id)?.sent, 5_000);
  },
  settings,
);

async function retryable({ services, organization: { admin } }: TestMail, messageId: string) {
  const result = await retryDeliveries(services, admin, { filter: { messageId }, force: false });
  assert.equal(result.queuedCount, 0, "no attempts are left");
  return result.refused;
}

onEveryMail(
  "retryDeliveries() by error type retries all deliveries that failed with it",
  async (mail) => {
    const { db, services, organization: { admin }, worker, send } = mail;
    refuseWhere(mail, () => "421 4.3.2 Shutting down");
    const { id } = await send({ to: { list: people(30) } });
    await worker.runQueued();
    assert.deepEqual(await readErrorTypes(db, [id]), [
      { messageId: id, errorType: "NETWORK", count: 30, retryable: 30 },
    ]);
    refuseWhere(mail, (n) => n > 30 && n <= 35 ? "550 5.7.1 Not from you" : null);
    const { id: otherId } = await send({ to: { list: people(40) } });
    await worker.runQueued();
    assert.deepEqual(await statesOf(mail, otherId), { "SENT 1": 35, "FAILED 1": 5 });

    const filter = { errorTypes: ["NETWORK"] } as const;
    const result = await retryDeliveries(services, admin, { filter, force: false });
    assert.deepEqual([result.queuedCount, result.batchCount, result.startNumber], [30, 1, 2]);
    assert.deepEqual(result.messages.map((message) => message.id), [id]);
    await worker.runQueued();
    assert.deepEqual(await statesOf(mail, id), { "SENT 2": 30 });
    assert.equal((await getMessage(services, admin, id)).status, "SENT");
    assert.deepEqual(await statesOf(mail, otherId), { "SENT 1": 35, "FAILED 1": 5 });
  },
  settings,
);

onEveryMail(
  "CRON retries failed deliveries with each fire until they have no attempts left",
  async (mail) => {
    const { db, services, organization: { admin }, worker, send } = mail;
    await ensureBuiltInSchedules(services);
    refuseWhere(mail, (n) => n <= 120 ? "451 4.3.0 Try again" : null);
    const { id } = await send({
      to: { list: people(250) },
      retry: { mode: "CRON", maxAttempts: 3 },
    });
    // Retry mode MANUAL: the schedule does not retry this message.
    const { id: manualId } = await send({ to: { list: people(5) } });
    await worker.runQueued();
    assert.ok((await readNextRetries(db, [id, manualId])).get(id));

    const fire = async () => {
      await db.run(TICK);
      const { fired } = await fireDue(services);
      assert.deepEqual(fired.map(({ name }) => name), ["retry-failed"]);
      await worker.runQueued();
      await pollSchedules(services);
      await makeDue(services);
    };
    refuseWhere(mail, (n) => n <= 20 ? "451 4.3.0 Try again" : null);
    await fire();
    assert.deepEqual(await statesOf(mail, id), { "SENT 1": 130, "SENT 2": 100, "FAILED 2": 20 });
    await fire();
    assert.deepEqual(await statesOf(mail, id), { "SENT 1": 130, "SENT 2": 100, "FAILED 3": 20 });
    assert.equal((await readNextRetries(db, [id])).size, 0);
    await fire();

    const fires = await db.run(FIRES);
    assert.deepEqual(
      fires.map((
        { outcome, processedCount, recipientCount, batchCount, error },
      ) => [outcome, processedCount, recipientCount, batchCount, error]),
      [
        ["COMPLETED", 1, 120, 2, null],
        ["COMPLETED", 1, 20, 1, null],
        ["COMPLETED", 0, 0, 0, null],
      ],
    );
    const [job] = await findJobs(db, [fires[1]?.jobId ?? ""]);
    assert.deepEqual(job?.result, {
      messageCount: 1,
      recipientCount: 20,
      batchCount: 1,
      messages: [{
        messageId: toTypeId("message", id),
        title: "News",
        round: 3,
        recipientCount: 20,
        batchCount: 1,
        startNumber: 6,
      }],
    });
    const [idle] = await findJobs(db, [fires[2]?.jobId ?? ""]);
    assert.deepEqual(idle?.result, {
      messageCount: 0,
      recipientCount: 0,
      batchCount: 0,
      messages: [],
    });
    const { status, retryRounds } = await getMessage(services, admin, id);
    assert.deepEqual([status, retryRounds], ["PARTIALLY_SENT", 2]);
    assert.equal((await getMessage(services, admin, manualId)).retryRounds, 0);
  },
  settings,
);
