import assert from "node:assert/strict";
import { statement } from "../../src/db/database.ts";
import { cancelJob } from "../../src/domain/jobs/cancel.ts";
import { done } from "../../src/domain/jobs/outcome.ts";
import { rescueOrphans } from "../../src/domain/jobs/lease.ts";
import type { Services } from "../../src/domain/services.ts";
import { wakeWorkers } from "../../src/domain/jobs/enqueue.ts";
import { createBus } from "../../src/events/bus.ts";
import { JobAborted } from "../../src/domain/jobs/abort.ts";
import { skipTime } from "../support/clock.ts";
import { addJob, addJobs, expireLease, readAttempts, readJob, readJobs } from "../support/jobs.ts";
import { onEveryQueue, onPostgresQueue } from "../support/queue.ts";
import { until } from "../support/until.ts";
import { interceptStatement, startTestWorker, untilAborted } from "../support/worker.ts";

// These tests wait for the next renewal of the lease, at most 5 s.

const AGE = statement<[]>(
  "test.age",
  "update jobs set started_at = started_at - interval '1 minute' where status = 'PROCESSING'",
);
const LIVING = statement<[], { count: number }>("test.living", "select count(*) from workers");

onPostgresQueue("cancelJob() aborts a handler although no event arrives", async (queue) => {
  const { db, services, organization } = queue;
  const id = await addJob(db, organization.id);
  let reason: unknown;
  await using _worker = await startTestWorker(services, (run) => {
    run.signal.addEventListener("abort", () => reason = run.signal.reason);
    return untilAborted(run);
  });
  await until("it runs", async () => (await readJob(db, id)).status === "PROCESSING");
  // A bus that is not connected to the bus of the worker.
  await cancelJob({ db, bus: createBus() }, organization.admin, id);
  await until("it is cancelled", async () => (await readJob(db, id)).status === "CANCELLED");
  assert.ok(reason instanceof JobAborted && reason.abortCause === "cancelled");
});

onPostgresQueue(
  "startWorker() requeues a claim whose answer was lost, without counting the attempt",
  async (queue) => {
    const { db, services, organization } = queue;
    const id = await addJob(db, organization.id, { maxAttempts: 1 });
    let lost = false;
    const cut = interceptStatement(services, "jobs.claim", async (run) => {
      const rows = await run();
      if (lost || rows.length === 0) return rows;
      lost = true;
      throw new Error("connection lost");
    });
    await using _worker = await startTestWorker(cut, () => Promise.resolve(done));
    await until("the answer is lost", () => lost);
    assert.equal((await readJob(db, id)).status, "PROCESSING");
    await db.run(AGE);
    await until("it is done", async () => (await readJob(db, id)).status === "COMPLETED");
    assert.deepEqual(await readAttempts(db, id), [
      { number: 1, outcome: "SUCCEEDED", errorType: null },
    ]);
  },
);

onEveryQueue(
  "startWorker() drops the jobs of a reaped worker and registers it again",
  async (queue) => {
    const { db, services, organization } = queue;
    const ids = await addJobs(db, organization.id, 2);
    const reasons: unknown[] = [];
    let ran = 0;
    await using _worker = await startTestWorker(services, (run) => {
      // The first attempt at each job runs until it is aborted; the second ends at once.
      if (++ran > 2) return Promise.resolve(done);
      run.signal.addEventListener("abort", () => reasons.push(run.signal.reason));
      return untilAborted(run);
    });
    await until("both run", () => ran === 2);
    await expireLease(db);
    // The sweep of the worker itself may come first.
    await rescueOrphans(services);
    for (const id of ids) {
      await until("it is done", async () => (await readJob(db, id)).status === "COMPLETED");
      const outcomes = (await readAttempts(db, id)).map(({ outcome }) => outcome);
      assert.deepEqual(outcomes, ["CRASHED", "SUCCEEDED"]);
    }
    assert.deepEqual(
      reasons.map((reason) => reason instanceof JobAborted && reason.abortCause),
      ["lease lost", "lease lost"],
    );
    assert.deepEqual(await db.run(LIVING), [{ count: 1 }]);
  },
);

onPostgresQueue(
  "stop() requeues a job that ignores its signal, without counting the attempt",
  async (queue) => {
    const { db, services, organization } = queue;
    const id = await addJob(db, organization.id, { maxAttempts: 1 });
    const worker = await startTestWorker(services, () => new Promise(() => {}));
    await until("it runs", async () => (await readJob(db, id)).status === "PROCESSING");
    await worker.stop();
    const { status, attempt, crashes } = await readJob(db, id);
    assert.deepEqual([status, attempt, crashes], ["QUEUED", 0, 0]);
    assert.deepEqual(await db.run(LIVING), [{ count: 0 }]);
  },
);

onEveryQueue(
  "stop() waits for running jobs although the database fails meanwhile",
  async (queue) => {
    const { db, services, organization } = queue;
    const ids = await addJobs(db, organization.id, 2, { maxAttempts: 1 });
    const failed = Promise.withResolvers<void>();
    let failures = 0;
    const cut = interceptStatement(services, "jobs.settle", (run) => {
      if (failures > 0) return run();
      failures++;
      failed.resolve();
      return Promise.reject(new Error("connection lost"));
    });
    let running = 0;
    const worker = await startTestWorker(cut, async (run) => {
      running++;
      const reason = await untilAborted(run).catch((reason) => reason);
      if (run.job.id === ids[0]) throw reason;
      // The handler still records its work.
      await failed.promise;
      return done;
    });
    await until("both run", () => running === 2);
    await worker.stop();
    const jobs = await readJobs(db, ids);
    assert.deepEqual(jobs.map(({ status, attempt }) => [status, attempt]), [
      ["QUEUED", 0],
      ["COMPLETED", 1],
    ]);
    assert.deepEqual(await db.run(LIVING), [{ count: 0 }]);
  },
);

onPostgresQueue("healthy() is false while one of the loops hangs", async (queue) => {
  const { db, services, organization } = queue;
  let hang = false;
  let release = () => {};
  const labels = new Set<string>();
  const watched: Services = {
    ...services,
    db: {
      ...db,
      async run(statement, ...params) {
        if (statement.label === "jobs.settle" && hang) {
          hang = false;
          await new Promise<void>((resolve) => release = resolve);
        }
        const rows = await db.run(statement, ...params);
        labels.add(statement.label);
        return rows;
      },
    },
  };
  await using worker = await startTestWorker(watched, () => Promise.resolve(done));
  // Also if this test fails, because the worker stops only after its loops have ended.
  await using _release = { [Symbol.asyncDispose]: () => Promise.resolve(release()) };
  const runOne = async () => {
    const id = await addJob(db, organization.id);
    wakeWorkers(services, ["BULK"]);
    await until("it is done", async () => (await readJob(db, id)).status === "COMPLETED");
  };
  await runOne();
  assert.equal(worker.healthy(), true);
  hang = true;
  const stuck = await addJob(db, organization.id);
  wakeWorkers(services, ["BULK"]);
  await until("a loop hangs", () => !hang);
  using _skipped = skipTime(12_000);
  labels.clear();
  // Every other loop completes an iteration.
  await runOne();
  for (const label of ["workers.renew", "workers.reap", "jobs.promote"]) {
    await until(`${label} has run`, () => labels.has(label));
  }
  await runOne();
  assert.equal(worker.healthy(), false);
  assert.equal((await readJob(db, stuck)).status, "PROCESSING");
  release();
  await until("the loop has completed an iteration", () => worker.healthy());
});

onPostgresQueue("healthy() is true while a sweep takes a minute", async ({ services }) => {
  const { promise, resolve: release } = Promise.withResolvers<void>();
  let sweeping = false;
  const sweep = () => {
    sweeping = true;
    return promise;
  };
  await using worker = await startTestWorker(services, () => Promise.resolve(done), { sweep });
  await using _release = { [Symbol.asyncDispose]: () => Promise.resolve(release()) };
  await until("it sweeps", () => sweeping);
  using _skipped = skipTime(60_000);
  await until("every other loop has completed a round", () => worker.healthy());
});
