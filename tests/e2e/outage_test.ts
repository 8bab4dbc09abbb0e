// An outage of all providers for two hours, and waits after single temporary replies, end to end.
import assert from "node:assert/strict";
import { type Connection, statement } from "../../src/db/database.ts";
import { listDeliveries } from "../../src/domain/deliveries/list.ts";
import { promoteDueJobs } from "../../src/domain/jobs/claim.ts";
import { people, readBatches, readStatus } from "../support/messages.ts";
import { onEveryProviders, type TestProviders } from "../support/providers.ts";
import { refusals, statesOf } from "../support/retries.ts";
import { startSmtpServer } from "../support/smtp.ts";

const MOVE_BACK = statement<[seconds: number]>(
  "test.moveBack",
  `with j as (
     update jobs set run_at = run_at - $1 * interval '1 second'
     where status = 'SCHEDULED' and run_at <> 'infinity'
   ),
   d as (
     update deliveries set not_before = not_before - $1 * interval '1 second'
     where not_before is not null
   )
   update providers set retry_at = retry_at - $1 * interval '1 second'`,
);
const FAILURES = statement<[], { count: number }>(
  "test.failures",
  `select (select count(*) from deliveries where status = 'FAILED')
     + (select count(*) from jobs where status = 'FAILED')
     + (select count(*) from job_attempts where outcome <> 'SUCCEEDED') as count`,
);

/** Passes time for everything that is due later, and runs the jobs that have become due. */
async function pass({ db, services, worker, refresh }: TestProviders, seconds: number) {
  await db.run(MOVE_BACK, seconds);
  await refresh();
  await promoteDueJobs(services, 1_000);
  await worker.runQueued();
}

async function assertNoneFailed(db: Connection): Promise<void> {
  assert.deepEqual(await db.run(FAILURES), [{ count: 0 }]);
}

const AUTO = { mode: "AUTO", maxAttempts: 3 } as const;

onEveryProviders(
  "An outage of two hours fails nothing, and all is sent within a minute of its end",
  () => [{}, {}],
  async (given) => {
    const { db, worker, servers: [first, second], send } = given;
    assert.ok(first && second);
    refusals(first).refuse([1]);
    refusals(second).refuse([1]);
    const auto = await send({ to: { list: people(150) }, retry: AUTO });
    const cron = await send({ to: { list: people(120) }, retry: { ...AUTO, mode: "CRON" } });
    const manual = await send({ to: { list: people(120).slice(1) } });
    for (const step of ["plan", "send the first batch"]) {
      worker.start(await worker.claim(step === "plan" ? 3 : 1));
      await worker.untilIdle();
    }
    assert.equal(first.received.length, 99);
    await Promise.all([first.close(), second.close()]);
    const urgent = await send({ to: { list: people(1) }, lane: "TRANSACTIONAL" });

    await worker.runQueued();
    for (let minute = 1; minute <= 120; minute++) await pass(given, 60);
    await assertNoneFailed(db);
    const messages = [auto, cron, manual, urgent];
    for (const { id } of messages) {
      assert.equal(await readStatus(db, id), "SENDING");
      const unfinished = (await readBatches(db, id)).filter(({ finished }) => !finished);
      assert.ok(unfinished.length > 0 && unfinished.every(({ jobAttempt }) => jobAttempt === 0));
    }
    assert.equal((await statesOf(db, auto.id))[0], "PENDING 1");
    assert.deepEqual(await statesOf(db, urgent.id), ["PENDING 0"]);

    const returned = await startSmtpServer({ port: first.port });
    try {
      for (let seconds = 0; seconds < 60; seconds += 5) await pass(given, 5);
    } finally {
      await returned.close();
      first.received.push(...returned.received);
    }
    for (const { id } of messages) assert.equal(await readStatus(db, id), "SENT");
    await assertNoneFailed(db);
    assert.equal((await statesOf(db, auto.id))[0], "SENT 2");
    assert.equal(first.received.length, 150 + 120 + 119 + 1);
  },
);

const TEMPORARY_REPLIES = [
  "451 temporary local problem, try later",
  "450 4.2.0 mailbox is busy",
  "451 4.3.0 lookup failed for now",
  "452 4.3.1 no space left",
  "451 4.4.3 server error for now",
  "421 4.3.0 later, please",
  "452 4.2.2 mailbox full",
];

onEveryProviders(
  "AUTO waits after each temporary reply, and only briefly after a lost connection",
  () => [{}],
  async ({ services, organization: { admin }, worker, servers: [server], send }) => {
    assert.ok(server);
    const send1 = async () => {
      const { id } = await send({ to: { list: people(1) }, retry: AUTO });
      await worker.runQueued();
      const { edges } = await listDeliveries(
        services,
        admin,
        { messageId: id },
        "CREATED_ASC",
        {},
      );
      const [delivery] = edges.map(({ node }) => node);
      assert.ok(delivery?.dueAt && delivery.lastAttemptAt);
      const waitMs = delivery.dueAt.getTime() - delivery.lastAttemptAt.getTime();
      return { ...delivery, seconds: waitMs / 1_000 };
    };
    for (const reply of TEMPORARY_REPLIES) {
      server.replies.reject = () => reply;
      const { status, attempt, seconds } = await send1();
      assert.deepEqual([status, attempt], ["PENDING", 1], reply);
      assert.ok(seconds >= 24 && seconds <= 36, `${reply}: ${seconds} s`);
    }
    server.replies.reject = () => {
      server.closeConnections();
      return null;
    };
    const { status, attempt, seconds } = await send1();
    assert.deepEqual([status, attempt], ["PENDING", 2]);
    assert.ok(seconds >= 96 && seconds <= 144, `${seconds} s`);
  },
);
