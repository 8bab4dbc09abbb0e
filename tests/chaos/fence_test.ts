import assert from "node:assert/strict";
import { statement } from "../../src/db/database.ts";
import { enqueueJobs } from "../../src/domain/jobs/enqueue.ts";
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

// As a job is after its rescue, run and settled by another worker: nothing of it may change any more.
const ROWS = statement<[ids: string[]], { row: string }>(
  "test.rows",
  "select jobs::text as row from jobs where id = any($1) order by id",
);
const LONG_MS = 20_000;

async function rowsOf({ db }: TestQueue, ids: readonly string[]): Promise<string[]> {
  return (await db.run(ROWS, [...ids])).map(({ row }) => row);
}

/** Waits until the process' handlers have begun all of these. */
async function begun({ db }: TestQueue, { pid }: WorkerProcess, ids: readonly string[]) {
  await until("the jobs have begun", async () => {
    const mine = (await readEffects(db)).filter((effect) => effect.pid === pid);
    return ids.every((id) => mine.some(({ jobId }) => jobId === id));
  });
}

/** Waits until the jobs are as `test` wants them. */
function become({ db }: TestQueue, ids: readonly string[], test: (job: JobRow) => boolean) {
  return until("the jobs have come that far", async () => {
    const jobs = await readJobs(db, ids);
    return jobs.every(test) && jobs;
  });
}

onPostgresQueue(
  "a worker frozen past its lease changes nothing when it thaws, and begins anew",
  async (queue) => {
    const { db, url, organization } = queue;
    await createEffects(db);
    await using frozen = await startWorkerProcess(db, url);
    // The short ones end while their worker is frozen, and it tries to settle them when it thaws: as
    // done, as failed, as cancelled. The long ones are still running then.
    const ends = ["done", "fail", "throw", "cancel", "snooze"];
    const short = await enqueueJobs(
      db,
      ends.map((end) => newJob(organization.id, { payload: { end, ms: 1_500 }, maxAttempts: 1 })),
    );
    const long = await addJobs(db, organization.id, 3, { payload: { end: "done", ms: LONG_MS } });
    const ids = [...short, ...long];
    await begun(queue, frozen, ids);
    await frozen.signal("SIGSTOP");

    await using healthy = await startWorkerProcess(db, url);
    await expireLease(db, frozen.workerId);
    // Rescued by the healthy replica's own tick, and begun there under new fences.
    await begun(queue, healthy, ids);
    await become(queue, short, ({ finished }) => finished);
    const settled = await rowsOf(queue, short);

    await frozen.signal("SIGCONT");
    const staleWrites = async () =>
      (await readEffects(db)).filter(({ what }) => what.endsWith("stale writes"));
    await until("the long ones have been told, and have written all the same", async () => {
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
      // Its total is the fence under which progress was written last.
      assert.equal(job.progress?.total, job.fence);
      const outcomes = (await readAttempts(db, job.id)).map(({ outcome }) => outcome);
      assert.deepEqual(outcomes, ["CRASHED"]);
    }

    // Registered anew, it takes what comes.
    const workers = await until("it has registered anew", async () => {
      const workers = await readWorkers(db);
      return workers.size === 2 && workers;
    });
    assert.equal(workers.has(frozen.workerId), false);
    await healthy.signal("SIGTERM");
    const more = await addJobs(db, organization.id, 3, { payload: { end: "done", ms: 10 } });
    await become(queue, more, ({ status }) => status === "COMPLETED");
    const effects = await readEffects(db);
    assert.ok(effects.some(({ pid, jobId }) => pid === frozen.pid && more.includes(jobId)));
    await frozen.signal("SIGTERM");
    assert.equal((await readWorkers(db)).size, 0);
  },
);
