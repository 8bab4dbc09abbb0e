import assert from "node:assert/strict";
import { type ClaimedJob, promoteDueJobs } from "../../../src/domain/jobs/claim.ts";
import {
  deregisterWorker,
  readCancelRequests,
  reconcile,
  registerWorker,
  renewLease,
  rescueOrphans,
} from "../../../src/domain/jobs/lease.ts";
import { cancelJob } from "../../../src/domain/jobs/cancel.ts";
import { settleJobs } from "../../../src/domain/jobs/settle.ts";
import { type Connection, openDatabase, statement } from "../../../src/db/database.ts";
import {
  addJob,
  addJobs,
  addWorker,
  claimWork,
  endOf,
  expireLease,
  type JobRow,
  makeDue,
  readAttempts,
  readJob,
  readJobs,
} from "../../support/jobs.ts";
import { tally } from "../../support/messages.ts";
import { onEveryQueue, onPostgresQueue, type TestQueue } from "../../support/queue.ts";
import { until } from "../../support/until.ts";

const AGE = statement<[]>(
  "test.age",
  "update jobs set started_at = started_at - interval '1 minute' where status = 'PROCESSING'",
);

/** Claims all jobs for a new worker. */
async function claim({ services, organization }: TestQueue): Promise<ClaimedJob[]> {
  return await claimWork(services, await addWorker(services), organization.id);
}

/** Lets a worker claim the job and die, and rescues the job. */
async function crash(queue: TestQueue, id: string): Promise<JobRow> {
  const { db, services } = queue;
  const [job] = await claim(queue);
  assert.equal(job?.id, id);
  await expireLease(db, (await readJob(db, id)).workerId);
  await rescueOrphans(services);
  return await readJob(db, id);
}

async function promote({ db, services }: TestQueue): Promise<void> {
  await makeDue(db);
  await promoteDueJobs(services, 100);
}

onEveryQueue(
  "rescueOrphans() fails a job at its third crash in a row, and delays it at the second",
  async (queue) => {
    const { db, organization } = queue;
    const id = await addJob(db, organization.id, { maxAttempts: 1 });

    const first = await crash(queue, id);
    assert.deepEqual([first.status, first.attempt, first.crashes], ["QUEUED", 0, 1]);

    const second = await crash(queue, id);
    assert.deepEqual([second.status, second.attempt, second.crashes], ["SCHEDULED", 0, 2]);
    assert.ok(second.waitMs > 3_000 && second.waitMs <= 15_000, `waits ${second.waitMs} ms`);

    await promote(queue);
    const third = await crash(queue, id);
    assert.deepEqual([third.status, third.error?.type], ["FAILED", "CRASHED"]);
    assert.deepEqual(
      (await readAttempts(db, id)).map(({ outcome }) => outcome),
      ["CRASHED", "CRASHED", "CRASHED"],
    );
  },
);

onEveryQueue(
  "rescueOrphans() fails none of several jobs with two crashes that were lost with one worker",
  async (queue) => {
    const { db, services, organization } = queue;
    const ids = await addJobs(db, organization.id, 2);
    for (let deaths = 1; deaths <= 4; deaths++) {
      assert.equal((await claim(queue)).length, 2);
      await expireLease(db);
      await rescueOrphans(services);
      for (const { status, crashes, attempt } of await readJobs(db, ids)) {
        assert.deepEqual([status, crashes, attempt], [
          deaths === 1 ? "QUEUED" : "SCHEDULED",
          deaths,
          0,
        ]);
      }
      await promote(queue);
    }
    const [dying, surviving] = [await addWorker(services), await addWorker(services)];
    const [crashed] = await claimWork(services, dying, organization.id, 1);
    const [unaffected] = await claimWork(services, surviving, organization.id, 1);
    assert.ok(crashed && unaffected);
    await expireLease(db, dying);
    await rescueOrphans(services);
    assert.equal((await readJob(db, crashed.id)).error?.type, "CRASHED");
    await settleJobs(db, [endOf(unaffected)]);
  },
);

onEveryQueue(
  "rescueOrphans() judges all jobs of a worker together, however many it ran",
  async (queue) => {
    const { db, services, organization } = queue;
    const ids = await addJobs(db, organization.id, 501);
    for (let deaths = 1; deaths <= 3; deaths++) {
      assert.equal((await claim(queue)).length, ids.length);
      await expireLease(db);
      await rescueOrphans(services);
      await rescueOrphans(services);
      assert.deepEqual(tally((await readJobs(db, ids)).map(({ status }) => status)), {
        [deaths === 1 ? "QUEUED" : "SCHEDULED"]: ids.length,
      });
      await makeDue(db);
      await promoteDueJobs(services, ids.length);
    }
  },
);

onEveryQueue(
  "rescueOrphans() fails only the job with two crashes, not the other jobs of its worker",
  async (queue) => {
    const { db, services, organization } = queue;
    const id = await addJob(db, organization.id);
    await crash(queue, id);
    await crash(queue, id);
    await promote(queue);
    const fresh = await addJobs(db, organization.id, 3);
    await claim(queue);
    await expireLease(db);
    await rescueOrphans(services);
    assert.equal((await readJob(db, id)).status, "FAILED");
    const statuses = (await readJobs(db, fresh)).map(({ status }) => status);
    assert.deepEqual(statuses, ["QUEUED", "QUEUED", "QUEUED"]);
  },
);

onEveryQueue("settleJobs() resets the number of crashes", async (queue) => {
  const { db, organization } = queue;
  const id = await addJob(db, organization.id);
  await crash(queue, id);
  await crash(queue, id);
  await promote(queue);
  const [job] = await claim(queue);
  assert.ok(job);
  await settleJobs(db, [endOf(job, { outcome: "snooze" })]);
  const next = await crash(queue, id);
  assert.deepEqual([next.status, next.crashes], ["QUEUED", 1]);
});

onEveryQueue("rescueOrphans() cancels a job that was to be cancelled", async (queue) => {
  const { db, services, organization } = queue;
  const id = await addJob(db, organization.id);
  await claim(queue);
  await cancelJob(services, organization.admin, id);
  await expireLease(db);
  await rescueOrphans(services);
  assert.equal((await readJob(db, id)).status, "CANCELLED");
});

onEveryQueue(
  "rescueOrphans() frees the jobs of dead workers only, and publishes them",
  async (queue) => {
    const { db, services, organization } = queue;
    await addJobs(db, organization.id, 2);
    const [dead, alive] = [await addWorker(services), await addWorker(services)];
    const [orphan] = await claimWork(services, dead, organization.id, 1);
    const [held] = await claimWork(services, alive, organization.id, 1);
    assert.ok(orphan && held);
    await expireLease(db, dead);
    const published: string[] = [];
    services.bus.subscribe("jobs", ({ ids }) => published.push(...ids ?? []));
    assert.deepEqual((await rescueOrphans(services)).map(({ id }) => id), [orphan.id]);
    assert.deepEqual(published, [orphan.id]);
    assert.equal((await readJob(db, held.id)).fence, held.fence);
  },
);

const BLOCK_RESCUE = statement<[]>(
  "test.blockRescue",
  `create function block_rescue() returns boolean language plpgsql as $$
   begin
     if current_query() like '/* jobs.rescue */%' then perform pg_advisory_lock_shared(1); end if;
     return true;
   end $$`,
);
const HIDE = statement<[]>("test.hide", "alter table workers rename to registered_workers");
const VIEW = statement<[]>(
  "test.view",
  "create view workers as select * from registered_workers where (select block_rescue())",
);
const LOCK = statement<[]>("test.lock", "select pg_advisory_lock(1)");
const UNLOCK = statement<[]>("test.unlock", "select pg_advisory_unlock(1)");
const WAITING = statement<[], { pid: number }>(
  "test.waiting",
  "select pid from pg_locks where locktype = 'advisory' and not granted",
);

async function isBlocked(db: Connection): Promise<boolean> {
  return (await db.run(WAITING)).length > 0;
}

onPostgresQueue(
  "rescueOrphans() does not free a job that was claimed again meanwhile",
  async (queue) => {
    const { db, services, url } = queue;
    const id = await addJob(db, queue.organization.id);
    await claim(queue);
    const alive = await addWorker(services);
    await expireLease(db, (await readJob(db, id)).workerId);

    // The rescue takes its snapshot, and then waits for the advisory lock.
    for (const part of [BLOCK_RESCUE, HIDE, VIEW]) await db.run(part);
    const keeper = openDatabase({
      connection: { connectionString: url },
      size: 1,
      embedded: false,
      onError: () => {},
    });
    await keeper.run(LOCK);
    const slow = rescueOrphans(services);
    await until("the rescue is blocked", () => isBlocked(db));

    // Meanwhile another replica rescues the job, and another worker claims it.
    await db.run(RESCUED);
    const [job] = await claimWork(services, alive, queue.organization.id);
    assert.equal(job?.id, id);
    await keeper.run(UNLOCK);
    assert.deepEqual(await slow, []);
    await keeper.close();
    assert.deepEqual(await settleJobs(db, [endOf(job)]), [{ id, status: "COMPLETED" }]);
  },
);

// Replaces the blocked statement jobs.rescue, for a first crash.
const RESCUED = statement<[]>(
  "test.rescued",
  `with freed as (
     update jobs set status = 'QUEUED', fence = null, attempt = 0, crashes = 1
     returning id, organization_id, worker_id, started_at)
   insert into job_attempts
   select organization_id, id, (select max(new_fence) from ledger), 1, worker_id, started_at, now(),
     'CRASHED' from freed`,
);

onEveryQueue(
  "reconcile() requeues claims that are unknown to the worker, and no others",
  async (queue) => {
    const { db, services, organization } = queue;
    const worker = await addWorker(services);
    await addJobs(db, organization.id, 3);
    const [held, lost, cancelled] = await claimWork(services, worker, organization.id);
    assert.ok(held && lost && cancelled);
    await cancelJob(services, organization.admin, cancelled.id);
    // The worker may not have received the answer to a recent claim yet.
    assert.equal(await reconcile(services, worker, [held.fence]), 0);
    await db.run(AGE);
    assert.equal(await reconcile(services, worker, [held.fence]), 2);
    assert.equal((await readJob(db, held.id)).fence, held.fence);
    const back = await readJob(db, lost.id);
    assert.deepEqual([back.status, back.attempt, back.crashes], ["QUEUED", 0, 0]);
    assert.equal((await readJob(db, cancelled.id)).status, "CANCELLED");
  },
);

onEveryQueue(
  "deregisterWorker() requeues the jobs of the worker without counting the attempt",
  async (queue) => {
    const { db, services, organization } = queue;
    const [leaving, staying] = [await addWorker(services), await addWorker(services)];
    const ids = await addJobs(db, organization.id, 3);
    const [cancelled] = await claimWork(services, leaving, organization.id, 2);
    await claimWork(services, staying, organization.id, 1);
    await cancelJob(services, organization.admin, cancelled?.id ?? "");
    assert.deepEqual((await readCancelRequests(services, leaving)).map(({ id }) => id), [
      cancelled?.id,
    ]);
    assert.deepEqual(await readCancelRequests(services, staying), []);

    assert.equal(await deregisterWorker(services, leaving), 2);
    const statuses = (await readJobs(db, ids)).map(({ status }) => status).sort();
    assert.deepEqual(statuses, ["CANCELLED", "PROCESSING", "QUEUED"]);
    assert.equal(await renewLease(services, leaving, new Map()), false);
    await assert.rejects(registerWorker(services, staying, "twice", new Map()));
  },
);
