import assert from "node:assert/strict";
import { parkClaimed, wakeParked } from "../../../src/domain/jobs/park.ts";
import { writeProgress } from "../../../src/domain/jobs/progress.ts";
import { settleJobs, type Settlement } from "../../../src/domain/jobs/settle.ts";
import { rescueOrphans } from "../../../src/domain/jobs/lease.ts";
import { newId } from "../../../src/domain/id.ts";
import { cancelJob } from "../../../src/domain/jobs/cancel.ts";
import { rescheduleJob } from "../../../src/domain/jobs/reschedule.ts";
import { retryJob } from "../../../src/domain/jobs/retry.ts";
import {
  addJob,
  addJobs,
  addWorker,
  claimWork,
  endOf,
  expireLease,
  makeDue,
  readAttempts,
  readJob,
} from "../../support/jobs.ts";
import { promoteDueJobs } from "../../../src/domain/jobs/claim.ts";
import { onEveryQueue } from "../../support/queue.ts";

const ERROR = { type: "NETWORK", code: "ETIMEDOUT", message: "No answer" };
const PROGRESS = { total: 9, processed: 4, succeeded: 3, failed: 1, skipped: 0 };

onEveryQueue("settleJobs() settles mixed outcomes in one statement", async (queue) => {
  const { db, services, organization } = queue;
  const worker = await addWorker(services);
  const cases: [Partial<Settlement>, status: string, attempt: number, outcome: string | null][] = [
    [{ outcome: "done", progress: PROGRESS }, "COMPLETED", 1, "SUCCEEDED"],
    [{ outcome: "retry", delayMs: 60_000, error: ERROR }, "SCHEDULED", 1, "FAILED"],
    [{ outcome: "fail", error: ERROR }, "FAILED", 1, "FAILED"],
    [{ outcome: "cancel" }, "CANCELLED", 1, "CANCELLED"],
    [{ outcome: "snooze", delayMs: 60_000 }, "SCHEDULED", 0, null],
    [{ outcome: "snooze" }, "QUEUED", 0, null],
    [{ outcome: "release" }, "QUEUED", 0, null],
  ];
  const ids = await addJobs(db, organization.id, cases.length);
  const jobs = await claimWork(services, worker, organization.id);
  const settlements = cases.map(([given], n) => {
    const job = jobs.find(({ id }) => id === ids[n]);
    assert.ok(job);
    return endOf(job, given);
  });
  assert.equal((await settleJobs(db, settlements)).length, cases.length);
  for (
    const [n, [{ delayMs = 0, error = null, progress = null }, status, attempt, outcome]] of cases
      .entries()
  ) {
    const job = await readJob(db, ids[n] ?? "");
    assert.deepEqual(
      { status: job.status, attempt: job.attempt, error: job.error, progress: job.progress },
      { status, attempt, error, progress },
    );
    assert.equal(job.waitMs > 30_000, delayMs > 0);
    const attempts = outcome ? [{ number: 1, outcome, errorType: error?.type ?? null }] : [];
    assert.deepEqual(await readAttempts(db, job.id), attempts);
  }
});

onEveryQueue(
  "settleJobs() fails a job at the retry of its last attempt",
  async ({ db, services, organization }) => {
    const worker = await addWorker(services);
    const id = await addJob(db, organization.id, { maxAttempts: 2 });
    for (const expected of ["SCHEDULED", "FAILED"]) {
      const [job] = await claimWork(services, worker, organization.id);
      assert.ok(job);
      await settleJobs(db, [endOf(job, { outcome: "retry", delayMs: 2_000, error: ERROR })]);
      assert.equal((await readJob(db, id)).status, expected);
      await makeDue(db);
      await promoteDueJobs(services, 10);
    }
    assert.deepEqual((await readAttempts(db, id)).map(({ number }) => number), [1, 2]);
  },
);

onEveryQueue(
  "settleJobs() does not requeue a job that was cancelled while it ran",
  async (queue) => {
    const { db, services, organization } = queue;
    const worker = await addWorker(services);
    const outcomes = ["retry", "snooze", "release", "fail", "done"] as const;
    await addJobs(db, organization.id, outcomes.length);
    const jobs = await claimWork(services, worker, organization.id);
    for (const { id } of jobs) await cancelJob(services, organization.admin, id);
    await settleJobs(
      db,
      jobs.map((job, n) => endOf(job, { outcome: outcomes[n], delayMs: 5_000 })),
    );
    const statuses = await Promise.all(jobs.map(async ({ id }) => (await readJob(db, id)).status));
    assert.deepEqual(statuses, ["CANCELLED", "CANCELLED", "CANCELLED", "CANCELLED", "COMPLETED"]);
  },
);

const WAIT = { reason: "PROVIDER_OPEN", providerId: newId() } as const;

onEveryQueue("settleJobs() stores the cause of a wait until the wait ends", async (queue) => {
  const { db, services, organization: { id: organizationId, admin } } = queue;
  const worker = await addWorker(services);
  const ends: Record<string, (id: string) => Promise<unknown>> = {
    promoteDueJobs: () => makeDue(db).then(() => promoteDueJobs(services, 1)),
    rescheduleJob: () => rescheduleJob(db, organizationId, "a key", null),
    retryJob: (id) => retryJob(services, admin, id),
    cancelJob: (id) => cancelJob(services, admin, id),
  };
  const id = await addJob(db, organizationId, { uniqueKey: "a key" });
  for (const [name, end] of Object.entries(ends)) {
    const [job] = await claimWork(services, worker, organizationId);
    assert.ok(job);
    await settleJobs(db, [endOf(job, { outcome: "snooze", delayMs: 60_000, wait: WAIT })]);
    const waiting = await readJob(db, id);
    assert.deepEqual([waiting.waitReason, waiting.waitProviderId], [WAIT.reason, WAIT.providerId]);
    await end(id);
    const { waitReason, waitProviderId } = await readJob(db, id);
    assert.deepEqual([waitReason, waitProviderId], [null, null], name);
  }
});

onEveryQueue("settleJobs() stores no cause for a job that does not wait", async (queue) => {
  const { db, services, organization } = queue;
  const worker = await addWorker(services);
  await addJobs(db, organization.id, 2);
  const [requeued, cancelled] = await claimWork(services, worker, organization.id);
  assert.ok(requeued && cancelled);
  await cancelJob(services, organization.admin, cancelled.id);
  await settleJobs(db, [
    endOf(requeued, { outcome: "snooze", wait: WAIT }),
    endOf(cancelled, { outcome: "snooze", delayMs: 60_000, wait: WAIT }),
  ]);
  for (const { id } of [requeued, cancelled]) {
    const { waitReason, waitProviderId } = await readJob(db, id);
    assert.deepEqual([waitReason, waitProviderId], [null, null]);
  }
});

onEveryQueue(
  "settleJobs(), writeProgress() and parkClaimed() change nothing under a stale fence",
  async (queue) => {
    const { db, services, organization } = queue;
    const [dead, alive] = [await addWorker(services), await addWorker(services)];
    const id = await addJob(db, organization.id);
    const [stale] = await claimWork(services, dead, organization.id);
    assert.ok(stale);
    await expireLease(db, dead);
    await rescueOrphans(services);
    const [current] = await claimWork(services, alive, organization.id);
    assert.ok(current);
    const before = await readJob(db, id);

    assert.deepEqual(await settleJobs(db, [endOf(stale, { outcome: "fail", error: ERROR })]), []);
    const written = await writeProgress(services, [{ ...stale, progress: PROGRESS }]);
    assert.equal(written.size, 0);
    assert.equal(await parkClaimed(db, stale.id, stale.fence), false);
    const after = await readJob(db, id);
    assert.deepEqual({ ...after, waitMs: 0 }, { ...before, waitMs: 0 });

    // The stale claim is settled in one statement with the current one, and the current one twice.
    const settled = await settleJobs(db, [endOf(stale, { outcome: "fail" }), endOf(current)]);
    assert.deepEqual(settled, [{ id, status: "COMPLETED" }]);
    assert.deepEqual(await settleJobs(db, [endOf(current, { outcome: "retry" })]), []);
    assert.equal((await readJob(db, id)).status, "COMPLETED");
  },
);

onEveryQueue(
  "writeProgress() writes and publishes progress under the current fence only",
  async (queue) => {
    const { db, services, organization } = queue;
    const worker = await addWorker(services);
    await addJobs(db, organization.id, 2);
    const [held, lost] = await claimWork(services, worker, organization.id);
    assert.ok(held && lost);
    const published: string[] = [];
    services.bus.subscribe("jobs", ({ ids }) => published.push(...ids ?? []));
    const written = await writeProgress(services, [
      { ...held, progress: PROGRESS },
      { ...lost, fence: lost.fence + 1_000, progress: PROGRESS },
    ]);
    assert.deepEqual([...written], [held.id]);
    assert.deepEqual(published, [held.id]);
    assert.deepEqual((await readJob(db, held.id)).progress, PROGRESS);
    assert.equal((await readJob(db, lost.id)).progress, null);
  },
);

onEveryQueue(
  "parkClaimed() parks a job until wakeParked(), without counting the attempt",
  async (queue) => {
    const { db, services, organization } = queue;
    const worker = await addWorker(services);
    const id = await addJob(db, organization.id, { subject: "msg_1" });
    const [job] = await claimWork(services, worker, organization.id);
    assert.ok(job);
    assert.equal(await parkClaimed(db, id, job.fence), true);
    assert.equal(await promoteDueJobs(services, 10), 0);
    await wakeParked(db, "msg_2");
    assert.equal((await readJob(db, id)).status, "SCHEDULED");
    await wakeParked(db, "msg_1");
    const [again] = await claimWork(services, worker, organization.id);
    assert.equal(again?.attempt, 1);
  },
);

onEveryQueue("parkClaimed() refuses a job that is to be cancelled", async (queue) => {
  const { db, services, organization } = queue;
  const worker = await addWorker(services);
  const id = await addJob(db, organization.id);
  const [job] = await claimWork(services, worker, organization.id);
  assert.ok(job);
  await cancelJob(services, organization.admin, id);
  assert.equal(await parkClaimed(db, id, job.fence), false);
  assert.equal((await readJob(db, id)).status, "PROCESSING");
});
