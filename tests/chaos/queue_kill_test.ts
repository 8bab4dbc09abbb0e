import assert from "node:assert/strict";
import { type Connection, statement } from "../../src/db/database.ts";
import { DomainError } from "../../src/domain/errors.ts";
import { enqueueJobs } from "../../src/domain/jobs/enqueue.ts";
import { rescueOrphans } from "../../src/domain/jobs/lease.ts";
import { cancelJob } from "../../src/domain/jobs/operations.ts";
import {
  addJob,
  addJobs,
  comeDue,
  expireLease,
  newJob,
  readJob,
  readJobs,
} from "../support/jobs.ts";
import { onPostgresQueue, type TestQueue } from "../support/queue.ts";
import { randomOf } from "../support/random.ts";
import { until } from "../support/until.ts";
import {
  createEffects,
  startWorkerProcess,
  type WorkerProcess,
} from "../support/worker_process.ts";

const JOBS = 2_000;
const CANCELS = 60;
const SEED = Number(Deno.env.get("CHAOS_SEED") ?? Math.floor(Math.random() * 1e6));

const UNFINISHED = statement<[], { count: number }>(
  "test.unfinished",
  "select count(*) from jobs where finished_at is null",
);
// How each kind of job has ended, and how often it was finished.
const ENDS = statement<[], { end: string; status: string; error: string | null; finishes: number }>(
  "test.ends",
  `select distinct payload ->> 'end' as end, status, error ->> 'type' as error,
     (select count(*) from ledger where job_id = id and old_status <> new_status
       and new_status in ('COMPLETED', 'FAILED', 'CANCELLED')) as finishes
   from jobs`,
);
// A success is on record, and its handler never got to its end.
const UNDONE = statement<[], { jobId: string }>(
  "test.undone",
  `select a.job_id as "jobId" from job_attempts a where outcome = 'SUCCEEDED' and not exists (
     select from effects e where e.job_id = a.job_id and e.fence = a.fence and e.what = 'ended')`,
);
// As scattered as they are, within 5 s.
const SCATTER_LESS = statement<[]>(
  "test.scatterLess",
  `update jobs set run_at = now() + (run_at - now()) / (3 * 2 ^ (crashes - 2))
   where status = 'SCHEDULED'`,
);

const random = randomOf(SEED);

function pick<T>(values: readonly T[]): T {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error("Nothing to pick from");
  return value;
}

async function unfinished(db: Connection): Promise<number> {
  return (await db.run(UNFINISHED))[0]?.count ?? 0;
}

/** Kills the process, as its host might, and has its jobs rescued without waiting for its lease. */
async function kill({ db, services }: TestQueue, process: WorkerProcess): Promise<void> {
  await process.signal("SIGKILL");
  await expireLease(db, process.workerId);
  await rescueOrphans(services);
}

/** Kills one process after the other until the queue is empty. Returns how many that were. */
async function wreakHavoc(queue: TestQueue, start: () => Promise<WorkerProcess>) {
  const processes = [await start(), await start(), await start()];
  let kills = 0;
  while (await unfinished(queue.db) > 0) {
    await new Promise((resolve) => setTimeout(resolve, 200 + 500 * random()));
    const victim = pick(processes);
    await kill(queue, victim);
    kills++;
    await comeDue(queue.db);
    processes[processes.indexOf(victim)] = await start();
  }
  for (const process of processes) await process.signal("SIGTERM");
  return kills;
}

async function cancelSome({ services, organization }: TestQueue, ids: string[]): Promise<void> {
  for (let n = 0; n < CANCELS; n++) {
    await new Promise((resolve) => setTimeout(resolve, 100 * random()));
    // It may be finished by now.
    await cancelJob(services, organization.admin, pick(ids)).catch((error) => {
      if (!(error instanceof DomainError)) throw error;
    });
  }
}

onPostgresQueue(
  `each of ${JOBS} jobs is finished once, however often workers die (CHAOS_SEED=${SEED})`,
  async (queue) => {
    const { db, url, organization } = queue;
    await createEffects(db);
    const kinds = ["done", "done", "done", "done", "fail", "throw", "cancel", "snooze"];
    const ids = await enqueueJobs(
      db,
      Array.from({ length: JOBS }, () => {
        const payload = { end: pick(kinds), ms: Math.floor(120 * random()) };
        return newJob(organization.id, { payload, topic: pick(["a", "b", "c"]) });
      }),
    );
    await using processes = new AsyncDisposableStack();
    const start = async () => processes.use(await startWorkerProcess(db, url));
    const [kills] = await Promise.all([wreakHavoc(queue, start), cancelSome(queue, ids)]);

    assert.ok(kills > 3);
    const expected: Record<string, string[]> = {
      done: ["COMPLETED"],
      snooze: ["COMPLETED"],
      fail: ["FAILED OTHER"],
      throw: ["FAILED INTERNAL"],
      cancel: ["CANCELLED"],
    };
    for (const { end, status, error, finishes } of await db.run(ENDS)) {
      const how = error && status === "FAILED" ? `${status} ${error}` : status;
      const allowed = [...expected[end] ?? [], "CANCELLED", "FAILED CRASHED"];
      assert.ok(allowed.includes(how), `A job to be ${end} is ${how}`);
      assert.equal(finishes, 1, `A job to be ${end} was finished ${finishes} times`);
    }
    assert.equal((await readJobs(db, ids)).length, JOBS);
    assert.deepEqual(await db.run(UNDONE), []);
  },
);

onPostgresQueue(
  "a job that kills its worker is set aside, and its neighbours survive",
  async (queue) => {
    const { db, url, organization } = queue;
    await createEffects(db);
    const neighbours = await addJobs(db, organization.id, 5, { payload: { end: "done", ms: 20 } });
    // First in line, so that each of its neighbours is beside it.
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
    const jobs = await until("the neighbours have finished", async () => {
      await comeDue(db);
      const jobs = await readJobs(db, neighbours);
      return jobs.every(({ finished }) => finished) && jobs;
    });
    assert.deepEqual(new Set(jobs.map(({ status }) => status)), new Set(["COMPLETED"]));
  },
);
