import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { toTypeId } from "../../../src/domain/id.ts";
import { rescueOrphans } from "../../../src/domain/jobs/lease.ts";
import { addJob, addWorker, claimWork, expireLease } from "../../support/jobs.ts";
import { endJobs, notificationsOf, titlesOf } from "../../support/notifications.ts";
import { onEveryQueue } from "../../support/queue.ts";

const SET_CRASHES = statement<[id: string]>(
  "test.setCrashes",
  "update jobs set crashes = 2 where id = $1",
);

onEveryQueue(
  "a user is notified of the ends of its own jobs",
  async ({ services, organization }) => {
    const { admin, member, operator } = organization;
    const [failed = ""] = await endJobs(services, admin, 1);
    await endJobs(services, admin, 1, { outcome: "done" }, { kind: "RETRY_FAILED" });
    const [first, second] = await notificationsOf(services, admin);
    assert.ok(first && second);
    const { level, title, body, subject, count, readAt } = first;
    assert.deepEqual({ level, title, body, subject, count, readAt }, {
      level: "ERROR",
      title: "Job “Cleanup” failed",
      body: "No answer",
      subject: toTypeId("job", failed),
      count: 1,
      readAt: null,
    });
    assert.deepEqual([second.level, second.title, second.body], [
      "SUCCESS",
      "Job “Retry failed” was completed",
      null,
    ]);
    for (const other of [member, operator]) assert.deepEqual(await titlesOf(services, other), []);
  },
);

onEveryQueue(
  "callers without a user share their notifications",
  async ({ services, organization }) => {
    const { operator, admin } = organization;
    await endJobs(services, operator, 1);
    assert.deepEqual(await titlesOf(services, operator), ["ERROR Job “Cleanup” failed"]);
    const withoutUser = { ...admin, userId: null };
    assert.deepEqual(await titlesOf(services, withoutUser), ["ERROR Job “Cleanup” failed"]);
    assert.deepEqual(await titlesOf(services, admin), []);
  },
);

onEveryQueue(
  "jobs that retry, are cancelled, work for another object or were scheduled notify of nothing",
  async ({ services, organization: { admin, operator } }) => {
    await endJobs(services, admin, 1, { outcome: "retry", delayMs: 60_000 }, { maxAttempts: 2 });
    await endJobs(services, admin, 1, { outcome: "cancel" });
    await endJobs(services, admin, 1, { outcome: "done" }, { kind: "SEND_BATCH" });
    await endJobs(services, operator, 1, { outcome: "done" }, { uniqueKey: "schedule:cleanup" });
    assert.deepEqual(await titlesOf(services, admin), []);
    assert.deepEqual(await titlesOf(services, operator), []);
    await endJobs(services, admin, 1, { outcome: "retry" }, { maxAttempts: 1 });
    assert.deepEqual(await titlesOf(services, admin), ["ERROR Job “Cleanup” failed"]);
  },
);

onEveryQueue(
  "a user is notified of a job that has killed its worker too often",
  async ({ db, services, organization: { id, admin } }) => {
    const job = await addJob(db, id, { kind: "CLEANUP", topic: "work", userId: admin.userId });
    await db.run(SET_CRASHES, job);
    const worker = await addWorker(services);
    await claimWork(services, worker, id);
    await expireLease(db, worker);
    await rescueOrphans(services);
    const [notification] = await notificationsOf(services, admin);
    assert.match(notification?.body ?? "", /worker died/);
  },
);
