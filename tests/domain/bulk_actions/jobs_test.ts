import assert from "node:assert/strict";
import { type BulkAction } from "../../../src/domain/bulk_actions/bulk_action.ts";
import { previewBulkAction } from "../../../src/domain/bulk_actions/preview.ts";
import { stepBulkAction, takeBulkAction } from "../../../src/domain/bulk_actions/step.ts";
import { settleJobs } from "../../../src/domain/jobs/settle.ts";
import type { Services } from "../../../src/domain/services.ts";
import { createBus } from "../../../src/events/bus.ts";
import { startAction } from "../../support/bulk_actions.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryDatabase, type TestDatabase } from "../../support/database.ts";
import { addJob, addJobs, addWorker, claimWork, endOf, readJob } from "../../support/jobs.ts";

async function setUp({ db }: TestDatabase) {
  const services = { db, bus: createBus() };
  const organization = await createOrganization(db);
  const workerId = await addWorker(services);
  const work = async (outcome: "fail" | "done") => {
    const jobs = await claimWork(services, workerId, organization.id);
    await settleJobs(db, jobs.map((job) => endOf(job, { outcome })));
    return jobs.map(({ id }) => id);
  };
  const claim = () => claimWork(services, workerId, organization.id);
  return { services, ...organization, workerId, work, claim };
}

/** Takes steps until the action waits or has finished. */
async function advance(services: Services, { id, jobId }: BulkAction): Promise<BulkAction> {
  const claim = { id: jobId, actionId: id, fence: nextFence++ };
  assert.ok(await takeBulkAction(services, claim));
  let last: BulkAction | null = null;
  for (;;) {
    const step = await stepBulkAction(services, claim);
    last = step?.action ?? last;
    if (last && (!step || step.waitMs > 0)) return last;
  }
}

let nextFence = 1;

onEveryDatabase(
  "RETRY of jobs continues with the next stage when the jobs have completed",
  async (database) => {
    const { services, id, admin, work } = await setUp(database);
    await addJobs(services.db, id, 8);
    const failed = await work("fail");
    await addJobs(services.db, id, 1);
    await work("done");
    const target = { action: "RETRY", jobs: { filter: { kinds: null, active: false } } } as const;
    assert.deepEqual(await previewBulkAction(services, admin, { ...target, force: false }), {
      count: 8,
      skipped: [],
      complete: true,
    });
    const action = await startAction(services, admin, target, { stages: [2] });
    assert.deepEqual([(await advance(services, action)).inProgress], [2]);
    assert.equal((await work("done")).length, 2);
    const second = await advance(services, action);
    assert.deepEqual([second.stage, second.done, second.inProgress], [2, 2, 6]);
    await work("fail");
    const ended = await advance(services, action);
    assert.deepEqual([ended.state, ended.done, ended.failedAgain], ["FINISHED", 2, 6]);
    assert.equal(ended.total, failed.length);
    await services.bus.close();
  },
);

onEveryDatabase("RETRY of jobs skips those that cannot be retried", async (database) => {
  const { services, id, admin, work } = await setUp(database);
  const twins = [];
  for (let n = 0; n < 2; n++) {
    twins.push(await addJob(services.db, id, { uniqueKey: "nightly" }));
    await work("fail");
  }
  const completed = await addJob(services.db, id);
  await work("done");
  const queued = await addJob(services.db, id);
  const ids = [...twins, completed, queued];
  const target = { action: "RETRY", jobs: { ids } } as const;
  const action = await startAction(services, admin, target, { stages: [] });
  await advance(services, action);
  assert.deepEqual((await work("done")).toSorted(), [twins[0], queued].toSorted());
  const ended = await advance(services, action);
  assert.deepEqual([ended.total, ended.done], [4, 1]);
  assert.deepEqual(ended.skipped, {
    "Another unfinished job has its unique key": 1,
    "Its status is COMPLETED": 1,
    "Its status is QUEUED": 1,
  });
  await services.bus.close();
});

onEveryDatabase("CANCEL of jobs waits until running ones have ended", async (database) => {
  const { services, id, admin, claim } = await setUp(database);
  const { db } = services;
  await addJobs(db, id, 2);
  const [first, second] = await claim();
  assert.ok(first && second);
  const waiting = await addJob(db, id);
  const action = await startAction(services, admin, {
    action: "CANCEL",
    jobs: { filter: { lanes: ["BULK", "SYSTEM"] } },
  }, { stages: [] });
  const late = await addJob(db, id);
  const running = await advance(services, action);
  assert.deepEqual([running.total, running.done, running.inProgress], [3, 1, 2]);
  assert.equal((await readJob(db, waiting)).status, "CANCELLED");
  assert.equal((await readJob(db, first.id)).cancelRequested, true);
  await settleJobs(db, [endOf(first, { outcome: "cancel" }), endOf(second)]);
  const ended = await advance(services, action);
  assert.deepEqual([ended.state, ended.done, ended.skipped], ["FINISHED", 2, {
    "It completed before the cancellation took effect": 1,
  }]);
  // Neither a later job nor the job of the action is cancelled.
  assert.equal((await readJob(db, late)).status, "QUEUED");
  assert.equal((await readJob(db, action.jobId)).status, "QUEUED");
  await services.bus.close();
});
