import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { cancelMany } from "../../../src/domain/jobs/cancel.ts";
import { settleJobs } from "../../../src/domain/jobs/settle.ts";
import { compactJobStats } from "../../../src/domain/jobs/stats.ts";
import { MAX_COUNT, readQueue } from "../../../src/domain/overview/queue.ts";
import { readPendingTypes } from "../../../src/domain/overview/pending.ts";
import { createOrganization } from "../../support/callers.ts";
import { addJob, addJobs, addWorker, claimWork, endOf } from "../../support/jobs.ts";
import { onEveryQueue } from "../../support/queue.ts";

const FLOOD = statement<[organizationId: string, topic: string, count: number]>(
  "test.floodTopic",
  `insert into jobs (id, organization_id, kind, lane, topic, status, max_attempts, size)
   select uuid_v7(), $1, 'work', 'BULK', $2, 'QUEUED', 3, 1 from generate_series(1, $3)`,
);
const SET_AGE = statement<[id: string, seconds: number]>(
  "test.setAge",
  "update jobs set run_at = now() - make_interval(secs => $2) where id = $1",
);

onEveryQueue(
  "readQueue() counts jobs by lane and state, of one organization",
  async ({ db, services, organization: { id: org, admin } }) => {
    const worker = await addWorker(services, { BULK: 3 });
    await addJobs(db, org, 4);
    await addJob(db, org, { lane: "SYSTEM" });
    await addJob(db, org, { runAt: new Date("2040-01-01T00:00:00Z") });
    await addJobs(db, (await createOrganization(db)).id, 5);
    const [running, failing] = await claimWork(services, worker, org, 2);
    assert.ok(running && failing);
    const error = { type: "OTHER", code: null, message: "No" };
    await settleJobs(db, [endOf(failing, { outcome: "fail", error })]);
    await cancelMany(db, admin, [await addJob(db, org)]);
    await compactJobStats(services);
    const { lanes, byStatus } = await readQueue(db, org);
    const bulk = lanes.find(({ lane }) => lane === "BULK");
    assert.ok(bulk);
    const { queued, later, processing, failed, capped, slots, running: used } = bulk;
    assert.deepEqual({ queued, later, processing, failed, capped, slots, used }, {
      queued: 3,
      later: 1,
      processing: 1,
      failed: 1,
      capped: false,
      slots: 3,
      used: 1,
    });
    assert.deepEqual(byStatus.map(({ status, count }) => `${status} ${count}`), [
      "QUEUED 4",
      "PROCESSING 1",
      "COMPLETED 0",
      "FAILED 1",
      "CANCELLED 1",
    ]);
  },
);

onEveryQueue(
  "readQueue() finds the oldest due job behind jobs of higher priority and of other topics",
  async ({ db, organization: { id: org } }) => {
    const oldest = await addJob(db, org, { priority: -5, topic: "b" });
    await db.run(SET_AGE, oldest, 500);
    await db.run(SET_AGE, await addJob(db, org, { priority: 5, topic: "b" }), 100);
    await db.run(SET_AGE, await addJob(db, org, { topic: "b" }), 200);
    await db.run(SET_AGE, await addJob(db, org, { topic: "a" }), 300);
    await db.run(SET_AGE, await addJob(db, org, { topic: "c" }), 400);
    const { lanes } = await readQueue(db, org);
    const ages = lanes.map(({ lane, oldestQueuedAt, now }) => [
      lane,
      oldestQueuedAt && Math.round((now.getTime() - oldestQueuedAt.getTime()) / 1_000),
    ]);
    assert.deepEqual(ages, [
      ["TRANSACTIONAL", null],
      ["AI", null],
      ["LEARNING", null],
      ["BULK", 500],
      ["WEBHOOK", null],
      ["SYSTEM", null],
    ]);
  },
);

onEveryQueue(
  "readQueue() counts up to 10,000 jobs and says that there are more",
  async ({ db, organization: { id: org } }) => {
    await db.run(FLOOD, org, "a", MAX_COUNT);
    const bulkOf = async () => (await readQueue(db, org)).lanes.find(({ lane }) => lane === "BULK");
    assert.deepEqual([(await bulkOf())?.queued, (await bulkOf())?.capped], [MAX_COUNT, false]);
    await db.run(FLOOD, org, "b", 1);
    assert.deepEqual([(await bulkOf())?.queued, (await bulkOf())?.capped], [MAX_COUNT, true]);
  },
);

onEveryQueue(
  "readPendingTypes() counts the recipients of waiting, later and running batches by type",
  async ({ db, services, organization: { id: org } }) => {
    await db.run(FLOOD, org, "receipt", 30);
    await addJob(db, org, { topic: "news", size: 100 });
    await addJob(db, org, { topic: "news", size: 60, runAt: new Date("2040-01-01T00:00:00Z") });
    await addJob(db, org, { topic: "later", size: 7, runAt: new Date("2040-01-01T00:00:00Z") });
    await addJob(db, org, { topic: "cleanup", lane: "SYSTEM" });
    await addJob(db, org, { topic: "work", size: 50 });
    await claimWork(services, await addWorker(services, { BULK: 1 }), org);
    await addJob(db, (await createOrganization(db)).id, { topic: "news" });
    assert.deepEqual(await readPendingTypes(db, org), [
      { type: "news", count: 160, capped: false },
      { type: "work", count: 50, capped: false },
      { type: "receipt", count: 30, capped: false },
      { type: "later", count: 7, capped: false },
    ]);
    await db.run(FLOOD, org, "receipt", MAX_COUNT);
    const receipts = (await readPendingTypes(db, org)).find(({ type }) => type === "receipt");
    assert.equal(receipts?.capped, true);
  },
);
