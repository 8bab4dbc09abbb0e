import { writeProgress } from "../../../src/domain/jobs/progress.ts";
import { settleJobs } from "../../../src/domain/jobs/settle.ts";
import { addJobs, addWorker, claimWork, endOf } from "../../support/jobs.ts";
import { onPostgresQueue } from "../../support/queue.ts";

const ROUNDS = 10;
const JOBS = 500;

onPostgresQueue("settleJobs() and writeProgress() do not deadlock", async (queue) => {
  const { db, services, organization } = queue;
  const workerId = await addWorker(services);
  const progress = { total: 1, processed: 1, succeeded: 1, failed: 0, skipped: 0 };
  for (let round = 1; round <= ROUNDS; round++) {
    await addJobs(db, organization.id, JOBS);
    const jobs = await claimWork(services, workerId, organization.id);
    const reports = jobs.map((job) => ({ ...job, progress })).reverse();
    await Promise.all([
      settleJobs(db, jobs.map((job) => endOf(job))),
      writeProgress(services, reports),
    ]);
  }
});
