import assert from "node:assert/strict";
import { readRecentJobs } from "../../src/domain/jobs/minutes.ts";
import { cancelled, done, JobFailure } from "../../src/domain/jobs/outcome.ts";
import { addJob, addJobs } from "../support/jobs.ts";
import { onEveryQueue } from "../support/queue.ts";
import { until } from "../support/until.ts";
import { startTestWorker } from "../support/worker.ts";

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
      const [found] = await readRecentJobs(db, org);
      return found && found.completed + found.failed + found.cancelled >= 7 ? found : null;
    });
    const { lane, completed, failed, cancelled: ended } = bulk;
    assert.deepEqual([lane, completed, failed, ended], ["BULK", 3, 3, 1]);
  },
);
