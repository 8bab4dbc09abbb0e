import assert from "node:assert/strict";
import { statement } from "../../src/db/database.ts";
import { cancelJob } from "../../src/domain/jobs/operations.ts";
import { done } from "../../src/domain/jobs/outcome.ts";
import { rescueOrphans } from "../../src/domain/jobs/lease.ts";
import { createBus } from "../../src/events/bus.ts";
import { JobAborted } from "../../src/queue/handler.ts";
import { addJob, addJobs, expireLease, readAttempts, readJob, readJobs } from "../support/jobs.ts";
import { onEveryQueue, onPostgresQueue } from "../support/queue.ts";
import { until } from "../support/until.ts";
import { interfere, startTestWorker, untilAborted } from "../support/worker.ts";

// What happens here comes with the next renewal of the lease, each 5 s.

const AGE = statement<[]>(
  "test.age",
  "update jobs set started_at = started_at - interval '1 minute' where status = 'PROCESSING'",
);
const LIVING = statement<[], { count: number }>("test.living", "select count(*) from workers");

onPostgresQueue("a cancel arrives although the bus is silent", async (queue) => {
  const { db, services, organization } = queue;
  const id = await addJob(db, organization.id);
  let reason: unknown;
  await using _worker = await startTestWorker(services, (run) => {
    run.signal.addEventListener("abort", () => reason = run.signal.reason);
    return untilAborted(run);
  });
  await until("it runs", async () => (await readJob(db, id)).status === "PROCESSING");
  // A bus of another process, that nothing connects to the worker's.
  await cancelJob({ db, bus: createBus() }, organization.admin, id);
  await until("it is cancelled", async () => (await readJob(db, id)).status === "CANCELLED");
  assert.ok(reason instanceof JobAborted && reason.why === "cancelled");
});

onPostgresQueue(
  "a claim whose answer got lost is taken again, and has lost no attempt",
  async (queue) => {
    const { db, services, organization } = queue;
    const id = await addJob(db, organization.id, { maxAttempts: 1 });
    let lost = false;
    const cut = interfere(services, "jobs.claim", async (run) => {
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

onEveryQueue("a worker that was buried lets go of everything, and begins anew", async (queue) => {
  const { db, services, organization } = queue;
  const ids = await addJobs(db, organization.id, 2);
  const reasons: unknown[] = [];
  let ran = 0;
  await using _worker = await startTestWorker(services, (run) => {
    // The first run of each goes on until it is told; the one after that is quick.
    if (++ran > 2) return Promise.resolve(done);
    run.signal.addEventListener("abort", () => reasons.push(run.signal.reason));
    return untilAborted(run);
  });
  await until("both run", () => ran === 2);
  await expireLease(db);
  assert.equal((await rescueOrphans(services)).length, 2);
  for (const id of ids) {
    await until("it is done", async () => (await readJob(db, id)).status === "COMPLETED");
    const outcomes = (await readAttempts(db, id)).map(({ outcome }) => outcome);
    assert.deepEqual(outcomes, ["CRASHED", "SUCCEEDED"]);
  }
  assert.deepEqual(
    reasons.map((reason) => reason instanceof JobAborted && reason.why),
    ["lease lost", "lease lost"],
  );
  assert.deepEqual(await db.run(LIVING), [{ count: 1 }]);
});

onPostgresQueue(
  "what ignores a stop goes back at its end, and has lost no attempt",
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

onEveryQueue("a stop waits for what runs although the database fails meanwhile", async (queue) => {
  const { db, services, organization } = queue;
  const ids = await addJobs(db, organization.id, 2, { maxAttempts: 1 });
  const failed = Promise.withResolvers<void>();
  let failures = 0;
  const cut = interfere(services, "jobs.settle", (run) => {
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
    // Still recording what it has sent.
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
});
