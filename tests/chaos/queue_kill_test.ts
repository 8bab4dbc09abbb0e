import assert from "node:assert/strict";
import { type Connection, LONG, statement } from "../../src/db/database.ts";
import { DomainError } from "../../src/domain/errors.ts";
import { insertJobs } from "../../src/domain/jobs/enqueue.ts";
import { rescueOrphans } from "../../src/domain/jobs/lease.ts";
import { cancelJob } from "../../src/domain/jobs/cancel.ts";
import {
  addJob,
  addJobs,
  expireLease,
  makeDue,
  newJob,
  readJob,
  readJobs,
} from "../support/jobs.ts";
import { onPostgresQueue, type TestQueue } from "../support/queue.ts";
import { type Random, withRandom } from "../support/random.ts";
import { sleep, until } from "../support/until.ts";
import {
  createEffects,
  startWorkerProcess,
  type WorkerProcess,
} from "../support/worker_process.ts";

const JOBS = 2_000;
const CANCELS = 60;

const UNFINISHED = statement<[], { count: number }>(
  "test.unfinished",
  "select count(*) from jobs where finished_at is null",
);
// The final states of each kind of job, and how often it became final.
const ENDS = statement<[], { end: string; status: string; error: string | null; finishes: number }>(
  "test.ends",
  `select distinct payload ->> 'end' as end, status, error ->> 'type' as error,
     (select count(*) from ledger where job_id = id and old_status <> new_status
       and new_status in ('COMPLETED', 'FAILED', 'CANCELLED')) as finishes
   from jobs`,
  LONG,
);
// Attempts recorded as SUCCEEDED whose handler did not reach its end.
const UNDONE = statement<[], { jobId: string }>(
  "test.undone",
  `select a.job_id as "jobId" from job_attempts a where outcome = 'SUCCEEDED' and not exists (
     select from effects e where e.job_id = a.job_id and e.fence = a.fence and e.what = 'ended')`,
  LONG,
);
// Keeps the jitter of crashed jobs, but reduces it to at most 5 s.
const SCATTER_LESS = statement<[]>(
  "test.scatterLess",
  `update jobs set run_at = now() + (run_at - now()) / (3 * 2 ^ (crashes - 2))
   where status = 'SCHEDULED'`,
);

async function countUnfinished(db: Connection): Promise<number> {
  return (await db.run(UNFINISHED))[0]?.count ?? 0;
}

/** Kills the process and rescues its jobs without waiting for its lease to expire. */
async function kill({ db, services }: TestQueue, process: WorkerProcess): Promise<void> {
  await process.signal("SIGKILL");
  await expireLease(db, process.workerId);
  await rescueOrphans(services);
}

/** Kills processes one after the other until the queue is empty; returns their number. */
async function killProcesses(
  queue: TestQueue,
  random: Random,
  start: () => Promise<WorkerProcess>,
): Promise<number> {
  const processes = [await start(), await start(), await start()];
  let kills = 0;
  while (await countUnfinished(queue.db) > 0) {
    await sleep(200 + 500 * random.number());
    const victim = random.pick(processes);
    await kill(queue, victim);
    kills++;
    await makeDue(queue.db);
    processes[processes.indexOf(victim)] = await start();
  }
  for (const process of processes) await process.signal("SIGTERM");
  return kills;
}

async function cancelSome(
  { services, organization }: TestQueue,
  random: Random,
  ids: readonly string[],
): Promise<void> {
  for (let n = 0; n < CANCELS; n++) {
    await sleep(100 * random.number());
    // The job may have ended already.
    await cancelJob(services, organization.admin, random.pick(ids)).catch((error) => {
      if (!(error instanceof DomainError)) throw error;
    });
  }
}

onPostgresQueue(
  `${JOBS} jobs: killed workers finish each job once`,
  (queue) =>
    withRandom(import.meta.url, async (random) => {
      const { db, url, organization } = queue;
      await createEffects(db);
      const kinds = ["done", "done", "done", "done", "fail", "throw", "cancel", "snooze"];
      const ids = await insertJobs(
        db,
        Array.from({ length: JOBS }, () => {
          const payload = { end: random.pick(kinds), ms: Math.floor(120 * random.number()) };
          return newJob(organization.id, { payload, topic: random.pick(["a", "b", "c"]) });
        }),
      );
      await using processes = new AsyncDisposableStack();
      const start = async () => processes.use(await startWorkerProcess(db, url));
      const [kills] = await Promise.all([
        killProcesses(queue, random, start),
        cancelSome(queue, random, ids),
      ]);

      assert.ok(kills > 3, `only ${kills} processes were killed`);
      const expected: Record<string, string[]> = {
        done: ["COMPLETED"],
        snooze: ["COMPLETED"],
        fail: ["FAILED OTHER"],
        throw: ["FAILED INTERNAL"],
        cancel: ["CANCELLED"],
      };
      for (const { end, status, error, finishes } of await db.run(ENDS)) {
        const finalState = error && status === "FAILED" ? `${status} ${error}` : status;
        const allowed = [...expected[end] ?? [], "CANCELLED", "FAILED CRASHED"];
        assert.ok(allowed.includes(finalState), `a job of kind ${end} ended as ${finalState}`);
        assert.equal(finishes, 1, `a job of kind ${end} ended ${finishes} times`);
      }
      assert.equal((await readJobs(db, ids)).length, JOBS);
      assert.deepEqual(await db.run(UNDONE), []);
    }),
);

onPostgresQueue(
  "a job that kills its worker fails as CRASHED, and its neighbours complete",
  async (queue) => {
    const { db, url, organization } = queue;
    await createEffects(db);
    const neighbours = await addJobs(db, organization.id, 5, { payload: { end: "done", ms: 20 } });
    // The highest priority, so that it is claimed together with its neighbours.
    const payload = { end: "kill", ms: 0 };
    const poison = await addJob(db, organization.id, { payload, priority: 10 });
    while (!(await readJob(db, poison)).finished) {
      await using process = await startWorkerProcess(db, url);
      await process.ended;
      await kill(queue, process);
      await db.run(SCATTER_LESS);
    }
    const { status, error, crashes } = await readJob(db, poison);
    assert.deepEqual([status, error?.type], ["FAILED", "CRASHED"]);
    assert.ok(crashes >= 3);

    await using _process = await startWorkerProcess(db, url);
    const jobs = await until("the neighbours have ended", async () => {
      await makeDue(db);
      const jobs = await readJobs(db, neighbours);
      return jobs.every(({ finished }) => finished) && jobs;
    });
    assert.deepEqual(new Set(jobs.map(({ status }) => status)), new Set(["COMPLETED"]));
  },
);
