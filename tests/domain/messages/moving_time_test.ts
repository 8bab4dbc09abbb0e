import assert from "node:assert/strict";
import { type Connection, statement } from "../../../src/db/database.ts";
import { readStats } from "../../../src/domain/deliveries/stats.ts";
import { pauseMessage } from "../../../src/domain/messages/pause.ts";
import { addMovement } from "../../../src/domain/messages/moving_time.ts";
import { resumeMessage } from "../../../src/domain/messages/resume.ts";
import { retryDeliveries } from "../../../src/domain/messages/retry.ts";
import { skipTime } from "../../support/clock.ts";
import { onEveryMail, onPostgresMail, type TestMail } from "../../support/mail.ts";
import { type MailWorker, makeDue } from "../../support/mail_worker.ts";
import { people } from "../../support/messages.ts";
import { sleep } from "../../support/until.ts";

const HOUR_MS = 3_600_000;

const AGE = statement<[ms: number]>(
  "test.ageMessages",
  `update messages set started_at = started_at - $1 * interval '1 millisecond',
     moved_at = moved_at - $1 * interval '1 millisecond'`,
);
const MOVED = statement<[id: string], { ms: number; count: number }>(
  "test.moved",
  `select moving_ms as ms, moved_count as count from messages where id = $1`,
);

async function moved(db: Connection, id: string): Promise<{ ms: number; count: number }> {
  const [row] = await db.run(MOVED, id);
  return row ?? assert.fail();
}

async function statsOf(db: Connection, id: string) {
  return (await readStats(db, [id])).get(id) ?? assert.fail();
}

async function runBatch(worker: MailWorker): Promise<void> {
  worker.start(await worker.claim(1));
  await worker.untilIdle();
}

onEveryMail("addMovement() counts time of several processes once", async ({ db, send }) => {
  const { id } = await send({ to: { list: people(300) } });
  assert.equal((await statsOf(db, id)).perSecond, null);
  await addMovement({ db }, id, { ms: 60_000, ended: 20 });
  assert.deepEqual(await moved(db, id), { ms: 60_000, count: 20 });

  // Another process, which was sending in the same minute.
  await db.run(AGE, 20_000);
  await addMovement({ db }, id, { ms: 60_000, ended: 40 });
  const { ms, count } = await moved(db, id);
  assert.equal(count, 60);
  assert.ok(ms >= 80_000 && ms < 120_000, `${ms} ms`);

  await db.run(AGE, 10 * HOUR_MS);
  await addMovement({ db }, id, { ms: 600, ended: 30 });
  assert.deepEqual(await moved(db, id), { ms: ms + 600, count: 90 });

  // The database's clock was set back.
  await db.run(AGE, -HOUR_MS);
  await addMovement({ db }, id, { ms: 1_000, ended: 10 });
  assert.deepEqual(await moved(db, id), { ms: ms + 600, count: 100 });

  const { perSecond, etaMs } = await statsOf(db, id);
  assert.equal(perSecond, 100 / (ms + 600) * 1_000);
  assert.equal(etaMs, Math.round(300 / perSecond * 1_000));
});

const LOGIN = { user: "ada", password: "good" };
const WINDOW = 4;
const REPLY_MS = 50;
// One mail per connection and reply.
const MAX_RATE = WINDOW / REPLY_MS * 1_000;

/** Stops a message; returns a function that lets it continue, with the worker to use. */
type Stop = (mail: TestMail, id: string) => Promise<() => Promise<MailWorker>>;

const STOPS: [name: string, stop: Stop][] = [
  ["a pause", async ({ services, organization: { admin }, worker }, id) => {
    await pauseMessage(services, admin, id);
    return async () => {
      await resumeMessage(services, admin, id);
      return worker;
    };
  }],
  ["a night without a process", ({ startWorker }) => Promise.resolve(startWorker)],
  ["a night behind other messages", ({ worker }) => Promise.resolve(() => Promise.resolve(worker))],
  ["an outage", async ({ services, smtp, worker }) => {
    smtp.replies.login = { ...LOGIN, password: "changed", refusal: "454 4.7.0 Try again later" };
    smtp.closeConnections();
    await runBatch(worker);
    smtp.replies.login = LOGIN;
    return async () => {
      await makeDue(services);
      return worker;
    };
  }],
  ["a backoff", async ({ services, smtp, worker }) => {
    smtp.replies.reject = () => "450 4.7.1 Come back in 3600 s";
    await runBatch(worker);
    smtp.replies.reject = undefined;
    return async () => {
      await makeDue(services);
      return worker;
    };
  }],
];

for (const [name, stop] of STOPS) {
  onEveryMail(`readStats() leaves ${name} out of perSecond and etaMs`, async (mail) => {
    const { db, smtp, send } = mail;
    smtp.replies.beforeReply = () => sleep(REPLY_MS);
    const { id } = await send({ to: { list: people(300) } });
    const startedAt = performance.now();
    await runBatch(mail.worker);
    const goOn = await stop(mail, id);
    await db.run(AGE, 10 * HOUR_MS);
    using _skipped = skipTime(10 * HOUR_MS);
    await runBatch(await goOn());
    const elapsedMs = performance.now() - 10 * HOUR_MS - startedAt;

    const { perSecond, etaMs, pending } = await statsOf(db, id);
    assert.ok(perSecond !== null && etaMs !== null);
    assert.ok(perSecond < MAX_RATE * 1.1, `${perSecond} a second, of at most ${MAX_RATE}`);
    const minRate = 100 / elapsedMs * 1_000;
    assert.ok(perSecond > minRate / 2, `${perSecond} a second, of at least ${minRate}`);
    assert.equal(etaMs, Math.round(pending / perSecond * 1_000));
    smtp.replies.beforeReply = undefined;
    await makeDue(mail.services);
    await mail.worker.runQueued();
  }, () => ({ window: WINDOW, login: LOGIN }));
}

onPostgresMail(
  "readStats() counts time in which two processes send once",
  async ({ db, smtp, worker, send, startWorker }) => {
    // Each process sends for more than two seconds, because it records its moving time once a second.
    smtp.replies.beforeReply = () => sleep(2 * REPLY_MS);
    const { id } = await send({ to: { list: people(200) } });
    const startedAt = performance.now();
    await Promise.all([runBatch(worker), runBatch(await startWorker())]);
    const elapsedMs = performance.now() - startedAt;
    const { ms, count } = await moved(db, id);
    // Each process has sent for more than half of the time.
    assert.ok(ms <= elapsedMs, `${ms} of ${elapsedMs} ms`);
    assert.ok(count > 100, `${count} deliveries`);
  },
  () => ({ window: WINDOW }),
);

onEveryMail(
  "readStats() measures a new pass separately",
  async ({ db, services, organization: { admin }, smtp, worker, send }) => {
    smtp.replies.reject = () => "451 4.3.0 Try again";
    const { id } = await send({ to: { list: people(3) } });
    await worker.runQueued();
    await addMovement({ db }, id, { ms: 1_000, ended: 3_000 });
    smtp.replies.reject = undefined;
    await retryDeliveries(services, admin, {
      ids: null,
      filter: { messageId: id },
      force: false,
    });
    assert.deepEqual(await moved(db, id), { ms: 0, count: 0 });
    const { perSecond, etaMs } = await statsOf(db, id);
    assert.deepEqual([perSecond, etaMs], [null, null]);
    await worker.runQueued();
  },
);
