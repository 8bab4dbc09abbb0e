import assert from "node:assert/strict";
import { readQueue } from "../../src/domain/overview/queue.ts";
import { JobFailure } from "../../src/domain/jobs/outcome.ts";
import { addJob, addJobs } from "../support/jobs.ts";
import { onEveryQueue } from "../support/queue.ts";
import { until } from "../support/until.ts";
import { startTestWorker } from "../support/worker.ts";
import { cancelled, done } from "../../src/domain/jobs/outcome.ts";

onEveryQueue(
  "a worker counts the jobs that have ended, and no attempt that is retried",
  async ({ db, services, organization: { id: org } }) => {
    await addJobs(db, org, 3, { payload: { end: "done" } });
    await addJob(db, org, { payload: { end: "cancel" } });
    await addJob(db, org, { payload: { end: "throw" }, maxAttempts: 1 });
    await addJob(db, org, { payload: { end: "throw" }, maxAttempts: 2 });
    await addJob(db, org, { payload: { end: "fail" } });
    await using _worker = await startTestWorker(services, (_run, { end }) => {
      if (end === "cancel") return Promise.resolve(cancelled);
      if (end === "done") return Promise.resolve(done);
      throw new JobFailure("OTHER", "No", { retryable: end !== "fail" });
    });
    const bulk = await until("all jobs that ended are counted", async () => {
      const found = (await readQueue(db, org)).lanes.find(({ lane }) => lane === "BULK");
      return found?.completed === 3 && found.cancelled === 1 ? found : null;
    });
    assert.equal(bulk.failed, 2);
  },
);
