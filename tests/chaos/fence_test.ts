import assert from "node:assert/strict";
import { statement } from "../../src/db/database.ts";
import { insertJobs } from "../../src/domain/jobs/enqueue.ts";
import {
  addJobs,
  expireLease,
  type JobRow,
  newJob,
  readAttempts,
  readJobs,
} from "../support/jobs.ts";
import { onPostgresQueue, type TestQueue } from "../support/queue.ts";
import { until } from "../support/until.ts";
import {
  createEffects,
  readEffects,
  readWorkers,
  startWorkerProcess,
  type WorkerProcess,
} from "../support/worker_process.ts";

// Whole rows, because a stale worker must not change any column of a job that another worker has settled.
const ROWS = statement<[ids: string[]], { row: string }>(
  "test.rows",
  "select jobs::text as row from jobs where id = any($1) order by id",
);
const LONG_MS = 20_000;

async function rowsOf({ db }: TestQueue, ids: readonly string[]): Promise<string[]> {
  return (await db.run(ROWS, [...ids])).map(({ row }) => row);
}

/** Waits until handlers of the process have started all these jobs. */
async function untilStarted({ db }: TestQueue, { pid }: WorkerProcess, ids: readonly string[]) {
  await until("the jobs have started", async () => {
    const mine = (await readEffects(db)).filter((effect) => effect.pid === pid);
    return ids.every((id) => mine.some(({ jobId }) => jobId === id));
  });
}

/** Waits until `test` holds for all jobs. */
function untilAll({ db }: TestQueue, ids: readonly string[], test: (job: JobRow) => boolean) {
  return until("all jobs have the expected state", async () => {
    const jobs = await readJobs(db, ids);
    return jobs.every(test) && jobs;
  });
}

onPostgresQueue(
  "a worker that continues after its lease expired writes nothing, and registers again",
  async (queue) => {
    const { db, url, organization } = queue;
    await createEffects(db);
    await using stale = await startWorkerProcess(db, url);
    // The short jobs end while the process is stopped, so that it tries to settle them afterwards, with each
    // outcome. The long jobs are still running then.
    const ends = ["done", "fail", "throw", "cancel", "snooze"];
    const short = await insertJobs(
      db,
      ends.map((end) => newJob(organization.id, { payload: { end, ms: 1_500 }, maxAttempts: 1 })),
    );
    const long = await addJobs(db, organization.id, 3, { payload: { end: "done", ms: LONG_MS } });
    const ids = [...short, ...long];
    await untilStarted(queue, stale, ids);
    await stale.signal("SIGSTOP");

    await using healthy = await startWorkerProcess(db, url);
    await expireLease(db, stale.workerId);
    // The healthy worker rescues the jobs and starts them under new fences.
    await untilStarted(queue, healthy, ids);
    await untilAll(queue, short, ({ finished }) => finished);
    const settled = await rowsOf(queue, short);

    await stale.signal("SIGCONT");
    const staleWrites = async () =>
      (await readEffects(db)).filter(({ what }) => what.endsWith("stale writes"));
    await until("the long jobs were aborted and have tried to write", async () => {
      const tried = new Set((await staleWrites()).map(({ jobId }) => jobId));
      return long.every((id) => tried.has(id));
    });
    assert.deepEqual(
      new Set((await staleWrites()).map(({ what }) => what)),
      new Set(["0 stale writes"]),
    );
    assert.deepEqual(await rowsOf(queue, short), settled);
    for (const job of await readJobs(db, long)) {
      assert.equal(job.status, "PROCESSING");
      assert.equal(job.workerId, healthy.workerId);
      // The handler reports its fence as the total.
      assert.equal(job.progress?.total, job.fence);
      const outcomes = (await readAttempts(db, job.id)).map(({ outcome }) => outcome);
      assert.deepEqual(outcomes, ["CRASHED"]);
    }

    const workers = await until("the worker has registered again", async () => {
      const workers = await readWorkers(db);
      return workers.size === 2 && workers;
    });
    assert.equal(workers.has(stale.workerId), false);
    await healthy.signal("SIGTERM");
    const newJobs = await addJobs(db, organization.id, 3, { payload: { end: "done", ms: 10 } });
    await untilAll(queue, newJobs, ({ status }) => status === "COMPLETED");
    const effects = await readEffects(db);
    assert.ok(effects.some(({ pid, jobId }) => pid === stale.pid && newJobs.includes(jobId)));
    await stale.signal("SIGTERM");
    assert.equal((await readWorkers(db)).size, 0);
  },
);
