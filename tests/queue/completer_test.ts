import assert from "node:assert/strict";
import { Completer } from "../../src/queue/completer.ts";
import { WakeSignal } from "../../src/queue/wake_signal.ts";
import { addJobs, addWorker, claimWork, endOf, readJobs } from "../support/jobs.ts";
import { onEveryQueue } from "../support/queue.ts";
import { interceptStatement } from "../support/worker.ts";

onEveryQueue(
  "settle() settles mixed outcomes at once, and reports a requeued job",
  async (queue) => {
    const { db, services, organization } = queue;
    const ids = await addJobs(db, organization.id, 3);
    const jobs = await claimWork(services, await addWorker(services), organization.id);
    const completer = new Completer(services, new WakeSignal());
    const outcomes = ["done", "fail", "snooze"] as const;
    for (const [n, job] of jobs.entries()) completer.add(endOf(job, { outcome: outcomes[n] }));
    assert.deepEqual(await completer.settle(), { count: 3, requeued: true });
    assert.deepEqual(await completer.settle(), { count: 0, requeued: false });
    const statuses = (await readJobs(db, ids)).map(({ status }) => status).sort();
    assert.deepEqual(statuses, ["COMPLETED", "FAILED", "QUEUED"]);
  },
);

onEveryQueue("settle() keeps the attempts that the database failed to settle", async (queue) => {
  const { db, services, organization } = queue;
  await addJobs(db, organization.id, 1);
  const [job] = await claimWork(services, await addWorker(services), organization.id);
  assert.ok(job);
  let failed = false;
  const cut = interceptStatement(services, "jobs.settle", (run) => {
    if (failed) return run();
    failed = true;
    return Promise.reject(new Error("connection lost"));
  });
  const completer = new Completer(cut, new WakeSignal());
  completer.add(endOf(job));
  assert.deepEqual(completer.fences(), [job.fence]);
  const settling = completer.settle();
  assert.deepEqual(completer.fences(), [job.fence]);
  await assert.rejects(settling);
  assert.deepEqual(completer.fences(), [job.fence]);
  assert.equal((await completer.settle()).count, 1);
  assert.deepEqual(completer.fences(), []);
});

onEveryQueue(
  "add() wakes a loop although the handler has settled the job",
  async ({ services }) => {
    const wake = new WakeSignal();
    const completer = new Completer(services, wake);
    const woken = wake.wait(60_000);
    completer.add(null);
    await woken;
    assert.deepEqual(await completer.settle(), { count: 0, requeued: false });
  },
);
